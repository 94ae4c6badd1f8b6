package cordwood.lsm.wal;

import java.util.List;

/**
 * What recovery found.
 *
 * @param segments those that belong to the log, oldest first, with where each ends, all synced
 * @param unused numbers of those that do not: never begun, or behind the end of the log
 * @param end where the log ends
 * @param isEndOnRecord whether the end was on record: the log was closed there, or recovered before
 * @param batches batches read, also those that were in tables already
 * @param bytes bytes of their frames
 * @param droppedBytes bytes behind the end that looked like frames: a torn tail
 * @param unprovenBytes how many bytes behind the end may have been synced without a proof of it,
 *     about: 0 where the end is on record
 * @param reason why the log ends there, in words
 */
public record RecoveredLog(
        List<RecordedSegment> segments,
        List<Long> unused,
        LogEnd end,
        boolean isEndOnRecord,
        long batches,
        long bytes,
        long droppedBytes,
        long unprovenBytes,
        String reason) {

    /** What is to be said, behind other words, of bytes that may be missing without a proof. */
    public static String doubt(long unprovenBytes) {
        return unprovenBytes == 0
                ? ""
                : "; if it was damaged since, up to %,d synced bytes may be missing behind it"
                        .formatted(unprovenBytes);
    }

    /** Where in the log the first segment starts. */
    public long startPosition() {
        return end.position() - segments.stream().mapToLong(RecordedSegment::endBytes).sum();
    }
}
