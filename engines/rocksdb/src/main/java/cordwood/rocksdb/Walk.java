package cordwood.rocksdb;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/**
 * A RocksDB iterator with what it needs, made by the first seek, and the key it stands on.
 *
 * <p>An iterator keeps the memtables and tables alive that there were when it was made, and the
 * blocks it stands on. So a walk lets go of it, and the next seek makes another: after a failure,
 * and when {@link OpenWalks} tells it to while its cursor rests.
 *
 * <p>Not thread-safe: a cursor's calls hold its lock, which {@link OpenWalks} takes where it is
 * free. The store's own walks are nobody else's.
 */
final class Walk implements AutoCloseable {

    private final Database database;
    private final ColumnFamilyHandle family;
    private final byte @Nullable [] lowest;
    private final byte @Nullable [] above;
    private final boolean withinPrefix;
    private final @Nullable OpenWalks counted;
    private final ReentrantLock lock;

    // guarded by lock
    private final Natives natives = new Natives();
    private final byte[] keyBytes = new byte[Keys.DATA_BYTES];
    private final ByteBuffer key = ByteBuffer.wrap(keyBytes);
    private @Nullable RocksIterator iterator;
    private long pinnedNanos;

    private Walk(
            Database database,
            ColumnFamilyHandle family,
            byte @Nullable [] lowest,
            byte @Nullable [] above,
            boolean withinPrefix,
            @Nullable OpenWalks counted,
            ReentrantLock lock) {
        this.database = database;
        this.family = family;
        this.lowest = lowest;
        this.above = above;
        this.withinPrefix = withinPrefix;
        this.counted = counted;
        this.lock = lock;
    }

    /** A cursor's walk upwards within one stream, which the prefix filters speed up. */
    static Walk forward(
            Database database, byte[] above, OpenWalks walks, ReentrantLock cursorLock) {
        return new Walk(database, database.data(), null, above, true, walks, cursorLock);
    }

    /** A cursor's walk in any direction between two keys, the upper one excluded. */
    static Walk between(
            Database database,
            ColumnFamilyHandle family,
            byte[] lowest,
            byte[] above,
            OpenWalks walks,
            ReentrantLock cursorLock) {
        return new Walk(database, family, lowest, above, false, walks, cursorLock);
    }

    /** The same for the store itself, which closes it soon. */
    static Walk between(Database database, ColumnFamilyHandle family, byte[] lowest, byte[] above) {
        return new Walk(database, family, lowest, above, false, null, new ReentrantLock());
    }

    /**
     * Moves to the lowest key at or above; false when there is none within the bounds. A walk whose
     * move failed has let go.
     */
    boolean seek(byte[] target) {
        return go(open -> open.seek(target));
    }

    /** Moves to the highest key at or below; false when there is none within the bounds. */
    boolean seekBackward(byte[] target) {
        return go(open -> open.seekForPrev(target));
    }

    private boolean go(Consumer<RocksIterator> seek) {
        return counted == null ? goNow(seek) : counted.move(() -> goNow(seek));
    }

    private boolean goNow(Consumer<RocksIterator> seek) {
        RocksIterator open = open();
        seek.accept(open);
        return arrive(open, true);
    }

    /** Moves on from where it {@link #isOpen stands}. */
    boolean next() {
        RocksIterator open = Objects.requireNonNull(iterator);
        open.next();
        return arrive(open, false);
    }

    /** Moves back from where it {@link #isOpen stands}. */
    boolean previous() {
        RocksIterator open = Objects.requireNonNull(iterator);
        open.prev();
        return arrive(open, false);
    }

    private RocksIterator open() {
        RocksIterator known = iterator;
        if (known != null) {
            return known;
        }
        try {
            if (counted != null) {
                counted.opening(this);
            }
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
            RocksIterator made = natives.own(database.rocks().newIterator(family, reading));
            pinnedNanos = System.nanoTime();
            iterator = made;
            return made;
        } finally {
            if (iterator == null) {
                free();
            }
        }
    }

    private boolean arrive(RocksIterator open, boolean sought) {
        boolean arrived = false;
        try {
            boolean found = open.isValid();
            if (found) {
                open.key(keyBytes);
            } else {
                open.status();
            }
            if (sought && counted != null) {
                counted.arrived(this);
            }
            arrived = true;
            return found;
        } catch (RocksDBException e) {
            throw Problems.read("cannot read on", e);
        } finally {
            if (!arrived) {
                letGo();
            }
        }
    }

    /** The current key; valid until the next move. */
    ByteBuffer key() {
        return key;
    }

    /**
     * Copies the value it {@link #isOpen stands} on into {@code target} as far as it fits; its
     * whole size in bytes.
     */
    int value(byte[] target) {
        return Objects.requireNonNull(iterator).value(target);
    }

    /** Whether it stands where the last move took it, and has not let go since. */
    boolean isOpen() {
        return iterator != null;
    }

    /** Whether the iterator was made longer ago. */
    boolean isOlderThan(long nanos) {
        return System.nanoTime() - pinnedNanos > nanos;
    }

    /** Whether both are walks of one cursor, so that one's rest is the other's. */
    boolean isOfSameCursor(Walk other) {
        return lock.equals(other.lock);
    }

    /** Gives up what the walk keeps alive; a seek must follow. */
    void letGo() {
        if (iterator != null) {
            free();
        }
    }

    /** The same where the cursor rests and the iterator has that age. Any thread; never waits. */
    boolean tryLetGo(long restedNanosMin) {
        if (lock.isHeldByCurrentThread() || !lock.tryLock()) {
            return false;
        }
        try {
            boolean lets = iterator != null && isOlderThan(restedNanosMin);
            if (lets) {
                letGo();
            }
            return lets;
        } finally {
            lock.unlock();
        }
    }

    private void free() {
        iterator = null;
        natives.close();
        if (counted != null) {
            counted.closed(this);
        }
    }

    @Override
    public void close() {
        letGo();
    }
}
