package cordwood.rocksdb;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.Range;
import org.rocksdb.SizeApproximationFlag;
import org.rocksdb.Slice;

/**
 * The tables at a moment, and what compactions of trimmed records would write in them. Estimates.
 */
final class TrimmedTables {

    /** RocksDB compacts a range level by level. */
    private static final int LEVELS = 7;

    /** Looked at, where there are many: each look goes through all tables. */
    private static final int RANGES_MAX = 256;

    private final Database database;
    private final List<LiveFileMetaData> tables;
    private final long rewrittenBlobBytes;

    TrimmedTables(Database database) {
        this.database = database;
        this.tables = database.dataTables();
        this.rewrittenBlobBytes = database.rewrittenBlobBytes();
    }

    /**
     * One of the ranges whose compaction would write less than that, of those with most to give;
     * null where there is none.
     */
    @Nullable KeyRange largestBelow(List<KeyRange> trimmed, long bytes) {
        if (trimmed.isEmpty()) {
            return null;
        }
        long[] trimmedBytes = bytes(trimmed, SizeApproximationFlag.INCLUDE_FILES);
        return IntStream.range(0, trimmed.size())
                .boxed()
                .sorted(Comparator.comparingLong(i -> -trimmedBytes[i]))
                .limit(RANGES_MAX)
                .filter(i -> writtenBytes(trimmed.get(i), trimmedBytes[i]) < bytes)
                .findFirst()
                .map(trimmed::get)
                .orElse(null);
    }

    private long writtenBytes(KeyRange range, long trimmedBytes) {
        return readBytes(range) - trimmedBytes + rewrittenBlobBytes;
    }

    /** What a flush would leave out. */
    long memtableBytes(List<KeyRange> trimmed) {
        return trimmed.isEmpty()
                ? 0
                : Arrays.stream(bytes(trimmed, SizeApproximationFlag.INCLUDE_MEMTABLES)).sum();
    }

    /** What of those ranges holds tables below level 0 that can be deleted as they are. */
    List<KeyRange> droppable(List<KeyRange> ranges) {
        return ranges.stream()
                .map(this::droppable)
                .filter(range -> topLevel(range) < LEVELS)
                .toList();
    }

    /** Without what a table hides in a deeper one that would stay. */
    private KeyRange droppable(KeyRange trimmed) {
        KeyRange range = trimmed;
        KeyRange before;
        do {
            before = range;
            int topLevel = topLevel(range);
            for (LiveFileMetaData table : tables) {
                if (table.level() > topLevel && range.overlaps(table) && !range.holds(table)) {
                    range = range.without(table);
                }
            }
        } while (!range.equals(before));
        return range;
    }

    /** The uppermost below level 0 that has a table in a range. */
    private int topLevel(KeyRange range) {
        return tables.stream()
                .filter(table -> table.level() > 0 && range.holds(table))
                .mapToInt(LiveFileMetaData::level)
                .min()
                .orElse(LEVELS);
    }

    /**
     * What the largest step of a compaction reads. The first one takes whatever overlaps in level
     * 0, and all that those overlap in the next.
     */
    private long readBytes(KeyRange range) {
        KeyRange wide = range;
        List<LiveFileMetaData> upper = List.of();
        for (boolean grows = true; grows; ) {
            KeyRange before = wide;
            upper = overlapping(0, before);
            wide = before.with(upper);
            grows = !wide.equals(before);
        }
        long largestBytes = 0;
        for (int level = 1; level < LEVELS; level++) {
            List<LiveFileMetaData> lower = overlapping(level, wide);
            if (!upper.isEmpty() && !lower.isEmpty()) {
                largestBytes = Math.max(largestBytes, sizeBytes(upper) + sizeBytes(lower));
            }
            List<LiveFileMetaData> both = new ArrayList<>(upper);
            both.addAll(lower);
            upper = both.stream().filter(range::overlaps).toList();
            wide = range;
        }
        return Math.max(largestBytes, sizeBytes(upper));
    }

    private List<LiveFileMetaData> overlapping(int level, KeyRange range) {
        return tables.stream()
                .filter(table -> table.level() == level && range.overlaps(table))
                .toList();
    }

    private static long sizeBytes(List<LiveFileMetaData> tables) {
        return tables.stream().mapToLong(LiveFileMetaData::size).sum();
    }

    private long[] bytes(List<KeyRange> trimmed, SizeApproximationFlag where) {
        try (Natives natives = new Natives()) {
            List<Range> ranges = new ArrayList<>();
            for (KeyRange range : trimmed) {
                ranges.add(
                        new Range(
                                natives.own(new Slice(range.begin())),
                                natives.own(new Slice(range.end()))));
            }
            return database.rocks().getApproximateSizes(database.data(), ranges, where);
        }
    }
}
