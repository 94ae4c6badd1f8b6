package cordwood.lsm;

import cordwood.lsm.wal.RecoveredLog;
import java.time.Duration;

/**
 * What opening a store found in its write-ahead log.
 *
 * @param segments segments read
 * @param batches batches read
 * @param bytes bytes of them
 * @param flushedBatches how many of them were in tables already
 * @param records records brought back to memory, attributes and trims included
 * @param droppedBytes bytes at the end of the log that were not acknowledged as durable and are not
 *     intact: given up
 * @param unprovenBytes bytes behind that end which may have been synced with no proof of it left if
 *     the file was damaged since, about; 0 where the end is on record
 * @param end why the log ends where it does
 * @param clean whether the store had been closed in order
 * @param duration how long it took
 */
public record RecoveryReport(
        int segments,
        long batches,
        long bytes,
        long flushedBatches,
        long records,
        long droppedBytes,
        long unprovenBytes,
        String end,
        boolean clean,
        Duration duration) {

    /** Whether bytes were given up, or might be missing. */
    public boolean isDoubtful() {
        return droppedBytes > 0 || unprovenBytes > 0;
    }

    /** One line for people. */
    public String summary() {
        String text =
                "recovered %,d records in %,d batches, dropped %,d unacknowledged bytes: %s"
                        .formatted(records, batches - flushedBatches, droppedBytes, end);
        return text + RecoveredLog.doubt(unprovenBytes);
    }
}
