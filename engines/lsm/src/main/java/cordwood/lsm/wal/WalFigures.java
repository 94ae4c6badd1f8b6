package cordwood.lsm.wal;

import java.util.concurrent.atomic.AtomicLong;

/** What the log has cost so far. One thread counts, any thread reads. */
public final class WalFigures {

    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong syncs = new AtomicLong();
    private final AtomicLong syncNanos = new AtomicLong();

    /** Nothing counted. */
    public WalFigures() {}

    void wrote(long count) {
        bytes.lazySet(bytes.get() + count);
    }

    void synced(long nanos) {
        syncs.lazySet(syncs.get() + 1);
        syncNanos.lazySet(syncNanos.get() + nanos);
    }

    /** Bytes written. */
    public long bytes() {
        return bytes.get();
    }

    /** Syncs made. */
    public long syncs() {
        return syncs.get();
    }

    /** Time spent in them. */
    public long syncNanos() {
        return syncNanos.get();
    }
}
