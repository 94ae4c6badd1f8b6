package cordwood.lsm.wal;

import java.lang.foreign.MemorySegment;

/** Where recovery brings batches. */
public interface Replay {

    /**
     * Room for the body of the next batch; valid until {@link #accept} or {@link #reject}.
     *
     * @param sequence the batch's
     */
    MemorySegment room(int bodyBytes, long sequence);

    /**
     * The body is in its room and intact.
     *
     * @throws IllegalArgumentException when it is no batch all the same, in words for a message;
     *     nothing of it was used
     */
    void accept();

    /** The body turned out damaged: nothing of it may be used. */
    void reject();

    /** Told after each segment how many of how many have been read. */
    void progress(int doneSegments, int allSegments);
}
