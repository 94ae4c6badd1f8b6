package cordwood.rocksdb;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.Range;
import org.rocksdb.SizeApproximationFlag;
import org.rocksdb.Slice;

/** What trimmed records take, and what a compaction would write that gives it back. Estimates. */
final class TrimmedTables {

    /** Keys of trimmed records, from the first to before the first that was not trimmed. */
    static final class KeyRange {
        final byte[] begin;
        final byte[] end;

        KeyRange(byte[] begin, byte[] end) {
            this.begin = begin;
            this.end = end;
        }

        List<byte[]> bounds() {
            return List.of(begin, end);
        }

        private boolean overlaps(LiveFileMetaData table) {
            return Arrays.compareUnsigned(table.smallestKey(), end) < 0
                    && Arrays.compareUnsigned(table.largestKey(), begin) >= 0;
        }
    }

    private final Database database;
    private final List<KeyRange> trimmed;

    TrimmedTables(Database database, List<KeyRange> trimmed) {
        this.database = database;
        this.trimmed = trimmed;
    }

    /** What a compaction of them would write: all that was not trimmed in the tables it reads. */
    long survivingBytes() {
        return Math.max(0, readBytes() - trimmedBytes(SizeApproximationFlag.INCLUDE_FILES));
    }

    /** What a flush would leave out. */
    long memtableBytes() {
        return trimmedBytes(SizeApproximationFlag.INCLUDE_MEMTABLES);
    }

    /** Tables that hold something trimmed, and all where one of level 0 does: it overlaps many. */
    private long readBytes() {
        long bytes = 0;
        long allBytes = 0;
        boolean all = false;
        for (LiveFileMetaData table : database.dataTables()) {
            boolean isRead = trimmed.stream().anyMatch(range -> range.overlaps(table));
            all |= isRead && table.level() == 0;
            bytes += isRead ? table.size() : 0;
            allBytes += table.size();
        }
        return all ? allBytes : bytes;
    }

    private long trimmedBytes(SizeApproximationFlag where) {
        if (trimmed.isEmpty()) {
            return 0;
        }
        try (Natives natives = new Natives()) {
            List<Range> ranges = new ArrayList<>();
            for (KeyRange range : trimmed) {
                ranges.add(
                        new Range(
                                natives.own(new Slice(range.begin)),
                                natives.own(new Slice(range.end))));
            }
            return LongStream.of(
                            database.rocks().getApproximateSizes(database.data(), ranges, where))
                    .sum();
        }
    }
}
