package cordwood.bench;

import cordwood.store.Commit;
import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.LocalStore;
import cordwood.store.Order;
import cordwood.store.Space;
import cordwood.store.StoreException;
import cordwood.store.StoreLimits;
import cordwood.store.StoreMetrics;
import cordwood.store.StreamBounds;
import cordwood.store.StreamCursor;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A store that hands everything on to another, and has nothing to flush. */
public abstract class ForwardingStore implements LocalStore {

    private final StreamStore store;

    protected ForwardingStore(StreamStore store) {
        this.store = store;
    }

    @Override
    public WriteBatch newBatch() {
        return store.newBatch();
    }

    @Override
    public Commit append(WriteBatch batch, Durability level) {
        return store.append(batch, level);
    }

    @Override
    public Commit tryAppend(WriteBatch batch, Durability level) {
        return store.tryAppend(batch, level);
    }

    @Override
    public Cursor read(Space space, long stream, long from, long to, Order order) {
        return store.read(space, stream, from, to, order);
    }

    @Override
    public StreamBounds bounds(Space space, long stream) {
        return store.bounds(space, stream);
    }

    @Override
    public @Nullable MemorySegment attribute(Space space, long stream, int id) {
        return store.attribute(space, stream, id);
    }

    @Override
    public StreamCursor streams(Space space) {
        return store.streams(space);
    }

    @Override
    public long watermark(Durability level) {
        return store.watermark(level);
    }

    @Override
    public StoreMetrics metrics() {
        return store.metrics();
    }

    @Override
    public StoreLimits limits() {
        return store.limits();
    }

    @Override
    public void flush() {}

    @Override
    public void compact() {}

    @Override
    public void checkpoint(Path target) {
        throw new StoreException.Invalid("no checkpoint here");
    }

    @Override
    public void close() {
        store.close();
    }
}
