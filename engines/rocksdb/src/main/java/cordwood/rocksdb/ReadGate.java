package cordwood.rocksdb;

import cordwood.store.StoreException;
import java.util.concurrent.locks.StampedLock;

/** Lets calls into the database until the store closes, which waits for those inside to leave. */
final class ReadGate {

    private final StampedLock lock = new StampedLock();
    private volatile boolean closed;

    /** Enters; the result must be given to {@link #leave}. */
    long enter() {
        long stamp = lock.readLock();
        if (closed) {
            lock.unlockRead(stamp);
            requireOpen();
        }
        return stamp;
    }

    void leave(long stamp) {
        lock.unlockRead(stamp);
    }

    void requireOpen() {
        if (closed) {
            throw new StoreException.Closed("the store is closed");
        }
    }

    /** Shuts the gate and waits until nobody is inside. */
    void shut() {
        long stamp = lock.writeLock();
        try {
            closed = true;
        } finally {
            lock.unlockWrite(stamp);
        }
    }
}
