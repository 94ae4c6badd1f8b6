package cordwood.rocksdb;

import cordwood.store.Confinement;
import cordwood.store.Cursor;
import cordwood.store.Order;
import cordwood.store.Space;
import cordwood.store.StoreException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A walk over records of one stream. */
final class RocksCursor implements Cursor, Dependent {

    private enum State {
        BEFORE,
        ON_RECORD,
        AFTER
    }

    private static final int VALUE_BYTES_MIN = 1 << 10;

    private final Confinement confinement = new Confinement();
    private final Database database;
    private final Space space;
    private final long stream;
    private final long lowest;
    private final long highest;
    private final Order order;
    private final long pinNanosMax;

    // confined to the cursor's thread
    private long position;
    private byte[] buffer = new byte[VALUE_BYTES_MIN];
    private MemorySegment lastValue = readOnly(buffer);
    private @Nullable MemorySegment value;
    private State state;

    // guarded by this: the store's close severs the walk from another thread
    private @Nullable Walk walk;
    private boolean closed;

    /** A walk between two positions; an empty range needs no iterator. */
    RocksCursor(
            Database database,
            Space space,
            long stream,
            long lowest,
            long highest,
            Order order,
            long pinNanosMax) {
        this.database = database;
        this.space = space;
        this.stream = stream;
        this.lowest = lowest;
        this.highest = highest;
        this.order = order;
        this.pinNanosMax = pinNanosMax;
        if (lowest > highest) {
            state = State.AFTER;
            return;
        }
        state = State.BEFORE;
        byte[] above = Keys.after(space.id(), stream, highest);
        walk =
                order == Order.FORWARD
                        ? Walk.forward(database, above)
                        : Walk.between(
                                database, database.data(), Keys.data(space, stream, lowest), above);
    }

    @Override
    public synchronized boolean next() {
        requireOpen();
        value = null;
        Walk open = walk;
        if (state == State.AFTER || open == null) {
            return false;
        }
        boolean found = state == State.BEFORE ? start(open) : move(open);
        state = found ? State.ON_RECORD : State.AFTER;
        if (found) {
            position = Keys.positionOf(open.key());
        }
        return found;
    }

    private boolean start(Walk open) {
        return switch (order) {
            case FORWARD -> open.seek(Keys.data(space, stream, lowest));
            case BACKWARD -> open.seekBackward(Keys.data(space, stream, highest));
        };
    }

    private boolean move(Walk open) {
        if (open.isOlderThan(pinNanosMax)) {
            return moveRenewed(open);
        }
        return switch (order) {
            case FORWARD -> open.next();
            case BACKWARD -> open.previous();
        };
    }

    private boolean moveRenewed(Walk open) {
        if (position == (order == Order.FORWARD ? highest : lowest)) {
            return false;
        }
        open.renew();
        return switch (order) {
            case FORWARD -> open.seek(Keys.data(space, stream, position + 1));
            case BACKWARD -> open.seekBackward(Keys.data(space, stream, position - 1));
        };
    }

    @Override
    public synchronized long position() {
        requireOnRecord();
        return position;
    }

    @Override
    public synchronized MemorySegment value() {
        Walk open = requireOnRecord();
        MemorySegment known = value;
        if (known == null) {
            known = copyValue(open);
            value = known;
        }
        return known;
    }

    private MemorySegment copyValue(Walk open) {
        int bytes = open.value(buffer);
        if (bytes > buffer.length) {
            buffer = new byte[bytes];
            lastValue = readOnly(buffer);
            open.value(buffer);
        }
        if (lastValue.byteSize() != bytes) {
            lastValue = readOnly(buffer).asSlice(0, bytes);
        }
        return lastValue;
    }

    private static MemorySegment readOnly(byte[] buffer) {
        return MemorySegment.ofArray(buffer).asReadOnly();
    }

    private Walk requireOnRecord() {
        requireOpen();
        Walk open = walk;
        if (state != State.ON_RECORD || open == null) {
            throw new StoreException.Invalid("the cursor is on no record: call next() first");
        }
        return open;
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
    public synchronized void sever() {
        closed = true;
        Walk open = walk;
        if (open != null) {
            walk = null;
            open.close();
        }
    }
}
