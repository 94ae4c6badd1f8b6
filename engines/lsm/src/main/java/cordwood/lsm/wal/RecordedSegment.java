package cordwood.lsm.wal;

/**
 * A segment that is on record.
 *
 * @param number its number
 * @param sizeBytes bytes its file was prepared with, or {@link #UNKNOWN} as older stores have it
 * @param startPosition where in the log it starts, or {@link #UNKNOWN} where that is not on record:
 *     it may have been begun all the same
 * @param endBytes how many bytes of it belong to the log where an earlier recovery or a close has
 *     settled that, else {@link #UNKNOWN}
 * @param lastSequence sequence of its last batch where that is settled
 */
public record RecordedSegment(
        long number, long sizeBytes, long startPosition, long endBytes, long lastSequence) {

    /** The value of what is not on record. */
    public static final long UNKNOWN = -1;

    /** A segment that was prepared and may end anywhere. */
    public static RecordedSegment prepared(long number, long sizeBytes) {
        return new RecordedSegment(number, sizeBytes, UNKNOWN, UNKNOWN, 0);
    }

    /** The same one, begun at a position of the log. */
    public RecordedSegment begunAt(long position) {
        return new RecordedSegment(number, sizeBytes, position, endBytes, lastSequence);
    }

    /** The same one, with where it ends. */
    public RecordedSegment settled(long end, long sequence) {
        return new RecordedSegment(number, sizeBytes, startPosition, end, sequence);
    }

    /** Whether it is on record that it was begun. */
    public boolean isBegun() {
        return startPosition != UNKNOWN;
    }

    /** Whether it is known where the segment ends. */
    public boolean isSettled() {
        return endBytes != UNKNOWN;
    }
}
