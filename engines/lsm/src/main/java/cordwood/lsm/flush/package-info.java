/**
 * Background work on what was written: {@link cordwood.lsm.flush.Flusher} turns sealed memtables
 * into tables, {@link cordwood.lsm.flush.Compactor} drops tables that were trimmed past and keeps
 * the tables of attributes few.
 *
 * <p>Threading: each belongs to its step.
 */
package cordwood.lsm.flush;
