package cordwood.rocksdb;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/**
 * A RocksDB iterator with what it needs, and the key it stands on. Not thread-safe.
 *
 * <p>An iterator keeps the memtables and tables alive that there were when it was made. A walk that
 * lasts gives them up now and then, so that a slow reader does not hold the budget.
 */
final class Walk implements AutoCloseable {

    /** How long a walk keeps alive what it began with. */
    static final long PIN_NANOS_MAX = 1_000_000_000L;

    private final Natives natives = new Natives();
    private final RocksIterator iterator;
    private final byte[] keyBytes = new byte[Keys.DATA_BYTES];
    private final ByteBuffer key = ByteBuffer.wrap(keyBytes);
    private long pinnedNanos = System.nanoTime();

    private Walk(
            Database database,
            ColumnFamilyHandle family,
            byte @Nullable [] lowest,
            byte @Nullable [] above,
            boolean withinPrefix) {
        boolean made = false;
        try {
            ReadOptions reading =
                    natives.own(
                            new ReadOptions()
                                    .setPrefixSameAsStart(withinPrefix)
                                    .setTotalOrderSeek(!withinPrefix));
            if (lowest != null) {
                reading.setIterateLowerBound(natives.own(new Slice(lowest)));
            }
            if (above != null) {
                reading.setIterateUpperBound(natives.own(new Slice(above)));
            }
            iterator = natives.own(database.rocks().newIterator(family, reading));
            made = true;
        } finally {
            if (!made) {
                natives.close();
            }
        }
    }

    /** A walk upwards within one stream, which the prefix filters speed up. */
    static Walk forward(Database database, byte[] above) {
        return new Walk(database, database.data(), null, above, true);
    }

    /** A walk in any direction between two keys, the upper one excluded. */
    static Walk between(Database database, ColumnFamilyHandle family, byte[] lowest, byte[] above) {
        return new Walk(database, family, lowest, above, false);
    }

    /** Moves to the lowest key at or above; false when there is none within the bounds. */
    boolean seek(byte[] target) {
        iterator.seek(target);
        return arrive();
    }

    /** Moves to the highest key at or below; false when there is none within the bounds. */
    boolean seekBackward(byte[] target) {
        iterator.seekForPrev(target);
        return arrive();
    }

    boolean next() {
        iterator.next();
        return arrive();
    }

    boolean previous() {
        iterator.prev();
        return arrive();
    }

    private boolean arrive() {
        if (iterator.isValid()) {
            iterator.key(keyBytes);
            return true;
        }
        try {
            iterator.status();
        } catch (RocksDBException e) {
            throw Problems.read("cannot read on", e);
        }
        return false;
    }

    /** The current key; valid until the next move. */
    ByteBuffer key() {
        return key;
    }

    /** Copies the current value into {@code target} as far as it fits; its whole size in bytes. */
    int value(byte[] target) {
        return iterator.value(target);
    }

    /** Whether the walk has kept memory alive for that long and should {@link #renew}. */
    boolean isOlderThan(long pinNanosMax) {
        return System.nanoTime() - pinnedNanos > pinNanosMax;
    }

    /** Gives up what the walk keeps alive; a seek must follow. */
    void renew() {
        try {
            iterator.refresh();
        } catch (RocksDBException e) {
            throw Problems.read("cannot read on", e);
        }
        pinnedNanos = System.nanoTime();
    }

    @Override
    public void close() {
        natives.close();
    }
}
