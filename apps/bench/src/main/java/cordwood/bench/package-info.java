/**
 * The bench: workloads, measurement, reports. Its rooms in reading order: {@link
 * cordwood.bench.payload} what is written, {@link cordwood.bench.run} what a measured run is,
 * {@link cordwood.bench.workload} what runs share, {@link cordwood.bench.write} and {@link
 * cordwood.bench.read} the two kinds, {@link cordwood.bench.plan} many of them in processes of
 * their own, {@link cordwood.bench.report} what people read, {@link cordwood.bench.measure} the
 * machine, {@link cordwood.bench.json} the files.
 *
 * <p>It knows no engine's inside and no HTTP.
 */
package cordwood.bench;
