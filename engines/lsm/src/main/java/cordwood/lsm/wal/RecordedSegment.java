package cordwood.lsm.wal;

/**
 * A segment that is on record.
 *
 * @param number its number
 * @param endBytes how many bytes of it belong to the log where an earlier recovery or a close has
 *     settled that, else {@link #UNSETTLED}
 * @param lastSequence sequence of its last batch where that is settled
 */
public record RecordedSegment(long number, long endBytes, long lastSequence) {

    /** The value of {@code endBytes} for a segment that may end anywhere. */
    public static final long UNSETTLED = -1;

    /** A segment that may end anywhere. */
    public static RecordedSegment unsettled(long number) {
        return new RecordedSegment(number, UNSETTLED, 0);
    }

    /** Whether it is known where the segment ends. */
    public boolean isSettled() {
        return endBytes != UNSETTLED;
    }
}
