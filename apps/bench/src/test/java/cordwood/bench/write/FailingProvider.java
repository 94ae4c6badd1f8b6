package cordwood.bench.write;

import cordwood.bench.ForwardingStore;
import cordwood.store.Commit;
import cordwood.store.Durability;
import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

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

    private final class FailingStore extends ForwardingStore {

        FailingStore(StreamStore store) {
            super(store);
        }

        private void failInTime() {
            if (appendsLeft.getAndDecrement() <= 0) {
                throw new StoreException.Failed("the disk is gone", Outcome.NOT_APPLIED, null);
            }
        }

        @Override
        public Commit append(WriteBatch batch, Durability level) {
            failInTime();
            return super.append(batch, level);
        }

        @Override
        public Commit tryAppend(WriteBatch batch, Durability level) {
            failInTime();
            return super.tryAppend(batch, level);
        }
    }
}
