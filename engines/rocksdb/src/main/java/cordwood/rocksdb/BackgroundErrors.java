package cordwood.rocksdb;

import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.rocksdb.AbstractEventListener;
import org.rocksdb.BackgroundErrorReason;
import org.rocksdb.Status;

/** Keeps the first failure of a flush or compaction, which stops writes. Thread-safe. */
final class BackgroundErrors extends AbstractEventListener {

    private final AtomicReference<StoreException.@Nullable Failed> first = new AtomicReference<>();

    BackgroundErrors() {
        super(EnabledEventCallback.ON_BACKGROUND_ERROR);
    }

    @Override
    public void onBackgroundError(BackgroundErrorReason reason, Status status) {
        String found = "%s, %s: %s".formatted(reason, status.getCodeString(), status.getState());
        first.compareAndSet(
                null,
                new StoreException.Failed(
                        "writes stopped until the store is opened again: RocksDB failed in the"
                                + " background: "
                                + found,
                        Outcome.NOT_APPLIED,
                        null));
    }

    void throwIfAny() {
        StoreException.Failed failed = first.get();
        if (failed != null) {
            throw failed.again(Outcome.NOT_APPLIED);
        }
    }

    boolean any() {
        return first.get() != null;
    }
}
