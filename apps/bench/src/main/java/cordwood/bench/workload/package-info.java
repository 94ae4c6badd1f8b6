/**
 * What runs that write and runs that read share: phases of a {@link
 * cordwood.bench.workload.Workload}, threads, counting, watching it ({@link
 * cordwood.bench.workload.Measurement}), and the sections of its report; where in a store the
 * bench's records are, and the note of what they are ({@link cordwood.bench.workload.StoreNote}).
 *
 * <p>Threading: a client is one thread while a phase runs; one platform thread reports. Nothing
 * spins.
 *
 * <p>It knows the contract of a store, and no engine.
 */
package cordwood.bench.workload;
