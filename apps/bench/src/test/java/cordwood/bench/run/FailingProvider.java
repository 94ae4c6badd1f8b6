package cordwood.bench.run;

import cordwood.store.Commit;
import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.Order;
import cordwood.store.Space;
import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import cordwood.store.StoreLimits;
import cordwood.store.StoreMetrics;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider;
import cordwood.store.StreamBounds;
import cordwood.store.StreamCursor;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An engine whose writes stop for good after so many appends. */
final class FailingProvider implements StoreProvider {

    private final StoreProvider engine;
    private final AtomicInteger appendsLeft;

    FailingProvider(StoreProvider engine, int appends) {
        this.engine = engine;
        this.appendsLeft = new AtomicInteger(appends);
    }

    @Override
    public String name() {
        return engine.name();
    }

    @Override
    public String summary() {
        return engine.summary();
    }

    @Override
    public Set<String> optionKeys() {
        return engine.optionKeys();
    }

    @Override
    public List<Setting> explain(StoreOptions options) {
        return engine.explain(options);
    }

    @Override
    public StreamStore open(StoreOptions options) {
        return new FailingStore(engine.open(options));
    }

    private final class FailingStore implements StreamStore {
        private final StreamStore store;

        FailingStore(StreamStore store) {
            this.store = store;
        }

        private void failInTime() {
            if (appendsLeft.getAndDecrement() <= 0) {
                throw new StoreException.Failed("the disk is gone", Outcome.NOT_APPLIED, null);
            }
        }

        @Override
        public WriteBatch newBatch() {
            return store.newBatch();
        }

        @Override
        public Commit append(WriteBatch batch, Durability level) {
            failInTime();
            return store.append(batch, level);
        }

        @Override
        public Commit tryAppend(WriteBatch batch, Durability level) {
            failInTime();
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
        public void close() {
            store.close();
        }
    }
}
