package cordwood.memory.pool;

import cordwood.memory.epoch.Epochs;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;

/** Cells waiting until no pin can see them: handles and stamps in a ring, stamps ascending. */
final class RetiredCells {

    /** An epoch is ended after this many, so that the ring empties without anybody's help. */
    private static final int PER_EPOCH = 64;

    private final Epochs epochs;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock; stamps ascend because they are taken under it.
    private long[] handles = new long[PER_EPOCH];
    private long[] stamps = new long[PER_EPOCH];
    private int[] cellBytes = new int[PER_EPOCH];
    private int first;
    private int count;
    private long heldBytes;
    private long total;

    RetiredCells(Epochs epochs) {
        this.epochs = epochs;
    }

    /** Adds a cell; answers whether it is time to reclaim. */
    boolean add(long handle, int bytes) {
        lock.lock();
        try {
            if (count == handles.length) {
                grow();
            }
            int place = (first + count) & (handles.length - 1);
            handles[place] = handle;
            stamps[place] = epochs.stamp();
            cellBytes[place] = bytes;
            count++;
            heldBytes += bytes;
            total++;
            return total % PER_EPOCH == 0;
        } finally {
            lock.unlock();
        }
    }

    /** Ends an epoch, and hands everything to {@code free} that no pin holds back. */
    void reclaim(LongConsumer free) {
        epochs.advance();
        long[] ready = new long[PER_EPOCH];
        int readyCount = take(ready);
        while (readyCount > 0) {
            for (int i = 0; i < readyCount; i++) {
                free.accept(ready[i]);
            }
            readyCount = take(ready);
        }
    }

    RetireStats stats() {
        lock.lock();
        try {
            return new RetireStats(total, count, heldBytes);
        } finally {
            lock.unlock();
        }
    }

    private int take(long[] ready) {
        lock.lock();
        try {
            long horizon = count == 0 ? 0 : epochs.horizon();
            int taken = 0;
            while (taken < ready.length && count > 0 && stamps[first] < horizon) {
                ready[taken++] = handles[first];
                heldBytes -= cellBytes[first];
                first = (first + 1) & (handles.length - 1);
                count--;
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void grow() {
        int size = handles.length;
        long[] moreHandles = new long[size * 2];
        long[] moreStamps = new long[size * 2];
        int[] moreBytes = new int[size * 2];
        for (int i = 0; i < count; i++) {
            int place = (first + i) & (size - 1);
            moreHandles[i] = handles[place];
            moreStamps[i] = stamps[place];
            moreBytes[i] = cellBytes[place];
        }
        handles = moreHandles;
        stamps = moreStamps;
        cellBytes = moreBytes;
        first = 0;
    }
}
