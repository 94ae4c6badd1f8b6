/**
 * What is measured beside the workload itself: the process ({@link
 * cordwood.bench.measure.ProcessFigures}), the disk alone ({@link
 * cordwood.bench.measure.DiskFloor}), the machine ({@link cordwood.bench.measure.Environment}) and
 * latencies ({@link cordwood.bench.measure.LatencyRecorder}, {@link
 * cordwood.bench.measure.LatencyForm}).
 *
 * <p>Threading: stateless but for the recorder, which has one writing and one reading thread.
 *
 * <p>It knows no store and no workload.
 */
package cordwood.bench.measure;
