package cordwood.loglet;

import cordwood.store.Commit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A batch that a worker appends, and what is to happen when its commit is done. It is there before
 * the store has the batch, so that nothing can come in between. Confined to the worker.
 */
abstract sealed class Flight {

    /** The worker's again once the commit is done. */
    final BatchPool.Pooled batch;

    /** The one that took off after it; link of the worker. */
    @Nullable Flight next;

    private @Nullable Commit commit;

    private Flight(BatchPool.Pooled batch) {
        this.batch = batch;
    }

    /** The store has taken the batch. */
    void tookOff(Commit as) {
        commit = as;
    }

    Commit commit() {
        return Objects.requireNonNull(commit);
    }

    /** A store. */
    static final class OfStore extends Flight {
        final Task task;

        /** Its highest offset. */
        final long last;

        /** The chain of stores it belongs to, which are refused together. */
        final long chain;

        OfStore(BatchPool.Pooled batch, Task task, long last, long chain) {
            super(batch);
            this.task = task;
            this.last = last;
            this.chain = chain;
        }

        boolean isRepair() {
            return task.request instanceof Request.Store store && store.isRepair();
        }
    }

    /** The seal. */
    static final class OfSeal extends Flight {
        OfSeal(BatchPool.Pooled batch) {
            super(batch);
        }
    }

    /** A trim. */
    static final class OfTrim extends Flight {
        final Task task;
        final long to;

        OfTrim(BatchPool.Pooled batch, Task task, long to) {
            super(batch);
            this.task = task;
            this.to = to;
        }
    }

    /** The known global tail by itself. */
    static final class OfGlobalTail extends Flight {
        OfGlobalTail(BatchPool.Pooled batch) {
            super(batch);
        }
    }
}
