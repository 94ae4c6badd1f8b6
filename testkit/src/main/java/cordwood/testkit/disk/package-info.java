/**
 * Disks for tests. Read {@link cordwood.testkit.disk.CrashingDisk} first: a disk in memory that
 * knows what a power loss leaves. {@link cordwood.testkit.disk.FailingDisk} makes the n-th call
 * fail and {@link cordwood.testkit.disk.RecordingDisk} keeps a trace, each in front of any disk,
 * {@link cordwood.testkit.disk.MortalDisk} is a process that can die, and {@link
 * cordwood.testkit.disk.KillingDisk} makes the real process die at a named point; all are {@link
 * cordwood.testkit.disk.InterposedDisk}s, and so are the deliberately wrong disks by which tests
 * prove that they would notice.
 *
 * <p>Everything is deterministic: the same calls and the same seeds give the same disk. Nothing
 * here knows a file format.
 */
package cordwood.testkit.disk;
