/**
 * One measured run of {@code read-throughput} in one process. {@link
 * cordwood.bench.read.ReadThroughputRun} opens a store that {@code write-throughput} left, looks
 * what is in it, and has readers read it: everything in order, narrow ranges, last records, or what
 * a writer adds meanwhile. Each record is held against the payload that it was written from.
 *
 * <p>Threading: a reader is one platform thread while a phase runs.
 *
 * <p>It knows the contract of a store, the notes of the run package, and no engine.
 */
package cordwood.bench.read;
