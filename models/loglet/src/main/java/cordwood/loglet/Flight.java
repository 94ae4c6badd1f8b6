package cordwood.loglet;

import cordwood.store.Commit;
import cordwood.store.WriteBatch;

/** A batch that a worker has appended, and what is to happen when its commit is done. */
sealed interface Flight {

    Commit commit();

    /** The worker's again once the commit is done. */
    WriteBatch batch();

    /**
     * A store.
     *
     * @param last its highest offset
     * @param chain the chain of stores it belongs to, which are refused together
     */
    record StoreFlight(Commit commit, WriteBatch batch, Task task, long last, long chain)
            implements Flight {

        boolean isRepair() {
            return task.request instanceof Request.Store store && store.isRepair();
        }
    }

    /** The seal. */
    record SealFlight(Commit commit, WriteBatch batch) implements Flight {}

    /** A trim. */
    record TrimFlight(Commit commit, WriteBatch batch, Task task, long to) implements Flight {}

    /** The known global tail by itself. */
    record GlobalTailFlight(Commit commit, WriteBatch batch) implements Flight {}
}
