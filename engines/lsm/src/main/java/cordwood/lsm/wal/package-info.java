/**
 * The write-ahead log: a chain of preallocated, recycled segments that batches are written to
 * before they become visible. Read {@link cordwood.lsm.wal.WalDescriptor} for the format, {@link
 * cordwood.lsm.wal.WalWriter} for writing, {@link cordwood.lsm.wal.SegmentPool} for where segments
 * come from and go to, and {@link cordwood.lsm.wal.WalRecovery} for reading it back.
 *
 * <p>Threading: the writer belongs to the committing step; the pool is shared; recovery runs before
 * any step does. Nothing here knows memtables, tables or the manifest.
 */
package cordwood.lsm.wal;
