/**
 * Background work on what was written: {@link cordwood.lsm.flush.Flusher} turns sealed memtables
 * into tables, which {@link cordwood.lsm.flush.TableStore} makes, opens and deletes.
 *
 * <p>Threading: each belongs to its step.
 */
package cordwood.lsm.flush;
