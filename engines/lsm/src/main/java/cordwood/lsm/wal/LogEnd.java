package cordwood.lsm.wal;

/**
 * Where a log ends.
 *
 * @param segment number of the last segment, 0 when there is none
 * @param offsetBytes how many bytes of it belong to the log
 * @param position the same as a position in the whole log
 * @param lastSequence sequence of the last batch
 */
public record LogEnd(long segment, long offsetBytes, long position, long lastSequence) {}
