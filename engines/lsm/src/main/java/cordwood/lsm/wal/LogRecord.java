package cordwood.lsm.wal;

import java.util.List;

/**
 * What is on record of a log.
 *
 * @param segments its segments, begun or not
 * @param flushedSequence the highest sequence that is in tables
 * @param startPosition where the segments start, at the earliest
 * @param syncedPosition a position up to which the log was synced; it may have been further
 */
public record LogRecord(
        List<RecordedSegment> segments,
        long flushedSequence,
        long startPosition,
        long syncedPosition) {}
