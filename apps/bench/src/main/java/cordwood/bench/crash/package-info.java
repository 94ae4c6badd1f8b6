/**
 * Proof by SIGKILL. {@link cordwood.bench.crash.CrashBench} starts a writing process, kills it,
 * opens what it left and compares that with what the process had been promised; {@link
 * cordwood.bench.crash.KillWriter} is that process. What was promised travels through a pipe, so
 * the oracle lies outside the directory that is put at risk.
 *
 * <p>A kill takes the process and leaves the operating system: it shows what is promised for
 * records acknowledged as written, not what a power loss would do. {@link
 * cordwood.bench.crash.KillOracle} can tell that, too, of a disk that loses what was not synced.
 */
package cordwood.bench.crash;
