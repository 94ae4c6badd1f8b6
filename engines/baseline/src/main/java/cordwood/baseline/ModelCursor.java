package cordwood.baseline;

import cordwood.store.Confinement;
import cordwood.store.Cursor;
import cordwood.store.Order;
import cordwood.store.Space;
import cordwood.store.StoreException;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A walk that seeks anew at each step. */
final class ModelCursor implements Cursor {

    private final Confinement confinement = new Confinement();
    private final ModelStore store;
    private final ModelState state;
    private final Space space;
    private final long stream;
    private final Order order;
    private final long end;

    private long seek;
    private boolean exhausted;
    private boolean closed;
    private Map.@Nullable Entry<Long, MemorySegment> current;

    ModelCursor(
            ModelStore store,
            ModelState state,
            Space space,
            long stream,
            long from,
            long to,
            Order order) {
        this.store = store;
        this.state = state;
        this.space = space;
        this.stream = stream;
        this.order = order;
        this.exhausted = from > to;
        this.seek = order == Order.FORWARD ? from : to;
        this.end = order == Order.FORWARD ? to : from;
    }

    @Override
    public boolean next() {
        requireOpen();
        current = exhausted ? null : state.nearest(space, stream, seek, order);
        if (current == null || isBeyondEnd(current.getKey())) {
            current = null;
            exhausted = true;
            return false;
        }
        long position = current.getKey();
        exhausted = position == end;
        seek = order == Order.FORWARD ? position + 1 : position - 1;
        return true;
    }

    private boolean isBeyondEnd(long position) {
        return order == Order.FORWARD ? position > end : position < end;
    }

    @Override
    public long position() {
        return current().getKey();
    }

    @Override
    public MemorySegment value() {
        return current().getValue();
    }

    private Map.Entry<Long, MemorySegment> current() {
        requireOpen();
        Map.Entry<Long, MemorySegment> entry = current;
        if (entry == null) {
            throw new StoreException.Invalid("the cursor is on no record: call next() first");
        }
        return entry;
    }

    private void requireOpen() {
        confinement.require();
        store.requireOpen();
        if (closed) {
            throw new StoreException.Closed("the cursor is closed");
        }
    }

    @Override
    public void close() {
        confinement.require();
        closed = true;
        current = null;
    }
}
