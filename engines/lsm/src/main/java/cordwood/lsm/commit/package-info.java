/**
 * Writing: batches on their way into the log and the memtable. Read {@link
 * cordwood.lsm.commit.LsmBatch} and {@link cordwood.lsm.commit.LogCommitter}.
 *
 * <p>Threading: a batch belongs to its caller until it is handed over; the committer's writer runs
 * on the committing step only.
 */
package cordwood.lsm.commit;
