package cordwood.lsm.wal;

import java.util.List;

/**
 * What recovery found.
 *
 * @param segments those that belong to the log, oldest first, with where each ends, all synced
 * @param unused numbers of those that do not: never begun, or behind the end of the log
 * @param end where the log ends
 * @param batches batches read, also those that were in tables already
 * @param bytes bytes of their frames
 * @param droppedBytes bytes behind the end that looked like frames: a torn tail
 * @param reason why the log ends there, in words
 */
public record RecoveredLog(
        List<RecordedSegment> segments,
        List<Long> unused,
        LogEnd end,
        long batches,
        long bytes,
        long droppedBytes,
        String reason) {

    /** Where in the log the first segment starts. */
    public long startPosition() {
        return end.position() - segments.stream().mapToLong(RecordedSegment::endBytes).sum();
    }
}
