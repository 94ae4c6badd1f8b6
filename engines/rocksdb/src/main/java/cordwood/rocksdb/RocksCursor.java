package cordwood.rocksdb;

import cordwood.store.Confinement;
import cordwood.store.Cursor;
import cordwood.store.Order;
import cordwood.store.Space;
import cordwood.store.StoreException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A walk over records of one stream. */
final class RocksCursor implements Cursor, Dependent {

    /*
     * Where it is does not hang on the walk, which may let go between any two calls: it stands on
     * the record at `position`, and reads that again where its value is wanted; or it is before the
     * record at or behind `from`, where the next call begins, also after one that failed.
     */
    private enum State {
        BETWEEN,
        ON_RECORD,
        AFTER
    }

    private static final int VALUE_BYTES_MIN = 1 << 10;
    private static final byte[] NOTHING = new byte[0];

    private final Confinement confinement = new Confinement();
    private final Database database;
    private final Space space;
    private final long stream;
    private final boolean forward;
    private final long last;
    private final OpenWalks walks;

    /** Calls hold it; the store's close and others in want of memory take it from other threads. */
    private final ReentrantLock lock = new ReentrantLock();

    // guarded by lock
    private final Walk walk;
    private State state;
    private long from;
    private long position;
    private byte[] buffer = NOTHING;
    private MemorySegment lastValue = readOnly(NOTHING);
    private @Nullable MemorySegment value;
    private boolean closed;

    /** A walk between two positions; an empty range needs no iterator. */
    RocksCursor(
            Database database,
            OpenWalks walks,
            Space space,
            long stream,
            long lowest,
            long highest,
            Order order) {
        this.database = database;
        this.walks = walks;
        this.space = space;
        this.stream = stream;
        this.forward = order == Order.FORWARD;
        this.from = forward ? lowest : highest;
        this.last = forward ? highest : lowest;
        this.state = lowest > highest ? State.AFTER : State.BETWEEN;
        byte[] above = Keys.after(space.id(), stream, highest);
        this.walk =
                forward
                        ? Walk.forward(database, above, walks, lock)
                        : Walk.between(
                                database,
                                database.data(),
                                Keys.data(space, stream, lowest),
                                above,
                                walks,
                                lock);
    }

    @Override
    public boolean next() {
        lock.lock();
        try {
            requireOpen();
            value = null;
            if (state == State.AFTER) {
                return false;
            }
            boolean found = advance();
            if (found) {
                position = Keys.positionOf(walk.key());
                state = State.ON_RECORD;
            } else {
                state = State.AFTER;
                free();
            }
            return found;
        } finally {
            lock.unlock();
        }
    }

    private boolean advance() {
        if (state == State.ON_RECORD) {
            if (position == last) {
                return false;
            }
            from = forward ? position + 1 : position - 1;
            state = State.BETWEEN;
            if (walk.isOpen() && !walks.isStale(walk)) {
                return forward ? walk.next() : walk.previous();
            }
        }
        return seek(from);
    }

    private boolean seek(long target) {
        walk.letGo();
        byte[] key = Keys.data(space, stream, target);
        return forward ? walk.seek(key) : walk.seekBackward(key);
    }

    @Override
    public long position() {
        lock.lock();
        try {
            requireOnRecord();
            return position;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public MemorySegment value() {
        lock.lock();
        try {
            requireOnRecord();
            MemorySegment known = value;
            if (known == null) {
                requireStanding();
                known = copyValue();
                value = known;
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    private void requireStanding() {
        if (!walk.isOpen() && !(seek(position) && Keys.positionOf(walk.key()) == position)) {
            walk.letGo();
            throw new StoreException.Invalid(
                    "the record at %d was trimmed while the cursor stood on it"
                            .formatted(position));
        }
    }

    private MemorySegment copyValue() {
        requireRoom(VALUE_BYTES_MIN);
        int bytes = walk.value(buffer);
        if (bytes > buffer.length) {
            requireRoom(bytes);
            walk.value(buffer);
        }
        if (lastValue.byteSize() != bytes) {
            lastValue = readOnly(buffer).asSlice(0, bytes);
        }
        return lastValue;
    }

    private void requireRoom(int bytes) {
        if (bytes <= buffer.length) {
            return;
        }
        int moreBytes = bytes - buffer.length;
        database.cursors().take(moreBytes, buffer.length);
        boolean made = false;
        try {
            byte[] larger = new byte[bytes];
            lastValue = readOnly(larger);
            buffer = larger;
            made = true;
        } finally {
            if (!made) {
                database.cursors().give(moreBytes);
            }
        }
    }

    private static MemorySegment readOnly(byte[] buffer) {
        return MemorySegment.ofArray(buffer).asReadOnly();
    }

    private void requireOnRecord() {
        requireOpen();
        if (state != State.ON_RECORD) {
            throw new StoreException.Invalid("the cursor is on no record: call next() first");
        }
    }

    private void requireOpen() {
        confinement.require();
        if (closed) {
            throw new StoreException.Closed("the cursor or its store is closed");
        }
    }

    @Override
    public void close() {
        confinement.require();
        database.forget(this);
        sever();
    }

    @Override
    public void sever() {
        lock.lock();
        try {
            closed = true;
            free();
        } finally {
            lock.unlock();
        }
    }

    private void free() {
        walk.letGo();
        value = null;
        lastValue = readOnly(NOTHING);
        database.cursors().give(buffer.length);
        buffer = NOTHING;
    }
}
