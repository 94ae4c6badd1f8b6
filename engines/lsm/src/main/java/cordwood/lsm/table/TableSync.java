package cordwood.lsm.table;

import cordwood.files.DiskFile;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A sync of what is written so far of a table, on another thread while its writer goes on. The
 * writer runs it itself where no other thread has begun it: there is none to spare, or it was lost,
 * as threads are that find the heap full. Ends and is awaited without heap.
 */
final class TableSync implements Runnable {

    private final DiskFile file;
    private final AtomicBoolean begun = new AtomicBoolean();
    private volatile boolean ended;
    private volatile @Nullable Thread waiter;
    private @Nullable Throwable failure; // written before ended

    private TableSync(DiskFile file) {
        this.file = file;
    }

    /** Hands a sync of that file to another thread. */
    static TableSync begin(DiskFile file, Executor threads) {
        TableSync sync = new TableSync(file);
        try {
            threads.execute(sync);
        } catch (OutOfMemoryError | RejectedExecutionException _) {
            // whoever awaits it runs it
        }
        return sync;
    }

    /** Syncs, unless another thread does or did. */
    @Override
    public void run() {
        if (begun.compareAndSet(false, true)) {
            try {
                file.sync();
            } catch (Throwable e) {
                failure = e;
            }
            ended = true;
            LockSupport.unpark(waiter);
        }
    }

    /** Returns once all that was written before is synced; throws what the sync threw. */
    void await() {
        run();
        awaitEnd();
        switch (failure) {
            case Error error -> throw error;
            case RuntimeException exception -> throw exception;
            case null, default -> {}
        }
    }

    /** Returns once no thread syncs; one that has not begun does not any more. */
    void end() {
        if (!begun.compareAndSet(false, true)) {
            awaitEnd();
        }
    }

    private void awaitEnd() {
        waiter = Thread.currentThread();
        while (!ended) {
            LockSupport.park(this);
        }
    }
}
