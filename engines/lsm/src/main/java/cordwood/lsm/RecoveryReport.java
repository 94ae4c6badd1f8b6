package cordwood.lsm;

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
        String end,
        boolean clean,
        Duration duration) {

    /** One line for people. */
    public String summary() {
        return "recovered %,d records in %,d batches, dropped %,d unacknowledged bytes: %s"
                .formatted(records, batches - flushedBatches, droppedBytes, end);
    }
}
