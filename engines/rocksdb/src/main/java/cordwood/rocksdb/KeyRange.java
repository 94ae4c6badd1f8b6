package cordwood.rocksdb;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.LiveFileMetaData;

/** Keys in RocksDB's order, from one to before another. Its arrays are not to be changed. */
final class KeyRange {

    private final byte[] begin;
    private final byte[] end;

    KeyRange(byte[] begin, byte[] end) {
        this.begin = begin;
        this.end = end;
    }

    byte[] begin() {
        return begin;
    }

    byte[] end() {
        return end;
    }

    boolean overlaps(LiveFileMetaData table) {
        return Arrays.compareUnsigned(table.smallestKey(), end) < 0
                && Arrays.compareUnsigned(table.largestKey(), begin) >= 0;
    }

    boolean holds(LiveFileMetaData table) {
        return Arrays.compareUnsigned(begin, table.smallestKey()) <= 0
                && Arrays.compareUnsigned(table.largestKey(), end) < 0;
    }

    /** What is left beside a table that reaches beyond it; nothing where that is on both sides. */
    KeyRange without(LiveFileMetaData table) {
        return Arrays.compareUnsigned(table.smallestKey(), begin) < 0
                ? new KeyRange(after(table.largestKey()), end)
                : new KeyRange(begin, table.smallestKey());
    }

    private static byte[] after(byte[] key) {
        return Arrays.copyOf(key, key.length + 1);
    }

    /** As wide as to hold those tables, too. */
    KeyRange with(List<LiveFileMetaData> tables) {
        byte[] from = begin;
        byte[] to = end;
        for (LiveFileMetaData table : tables) {
            from =
                    Arrays.compareUnsigned(table.smallestKey(), from) < 0
                            ? table.smallestKey()
                            : from;
            byte[] after = after(table.largestKey());
            to = Arrays.compareUnsigned(after, to) > 0 ? after : to;
        }
        return new KeyRange(from, to);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof KeyRange range
                && Arrays.equals(begin, range.begin)
                && Arrays.equals(end, range.end);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(begin) + Arrays.hashCode(end);
    }
}
