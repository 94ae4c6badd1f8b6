/**
 * One measured run of {@code write-throughput} in one process. {@link
 * cordwood.bench.write.WriteThroughputRun} opens a store and writes loglets, one client each, or
 * many streams of the store by one client, each client with a number of batches under way.
 *
 * <p>Threading: a loglet's client is one virtual thread while a phase runs; the streams' is the
 * thread that runs it.
 *
 * <p>It knows the contract of a store and loglets, and no engine.
 */
package cordwood.bench.write;
