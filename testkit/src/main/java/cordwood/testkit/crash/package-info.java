/**
 * Proof by fault, for any engine that opens over a {@link cordwood.files.Disk}. Each class runs one
 * kind of trial and throws at the first broken promise: {@link
 * cordwood.testkit.crash.CrashHistories} random lives that end in power loss, {@link
 * cordwood.testkit.crash.CrashStates} every state that short workloads can leave, {@link
 * cordwood.testkit.crash.FailureSweep} every call of the disk failing in every way, {@link
 * cordwood.testkit.crash.SyncFailures} failed syncs, {@link cordwood.testkit.crash.Lifecycles} and
 * {@link cordwood.testkit.crash.InterruptStorm} what their names say. {@link
 * cordwood.testkit.crash.KillTrials} alone kills real processes on the real file system.
 *
 * <p>They share an oracle that knows what was appended and what was promised: after a crash a store
 * must show the state after some prefix of the appends, no shorter than what it acknowledged, and
 * nothing that it refused. Steps and blocking calls run in {@link cordwood.testkit.crash.Lockstep},
 * so that a seed replays a trial.
 */
package cordwood.testkit.crash;
