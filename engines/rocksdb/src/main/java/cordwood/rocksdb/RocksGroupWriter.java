package cordwood.rocksdb;

import cordwood.store.CommitGroup;
import cordwood.store.GroupWriter;
import cordwood.store.StreamBounds;
import java.util.concurrent.atomic.AtomicLong;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * Writes groups of batches: each by itself and in order, their log handed to the operating system,
 * and synced where asked for, once for all.
 */
final class RocksGroupWriter implements GroupWriter {

    private final Database database;
    private final boolean logged;
    private final boolean synced;
    private final AtomicLong syncNanos = new AtomicLong();

    // confined to the committing step
    private final TrimPoints trims;
    private final BackgroundErrors errors;

    RocksGroupWriter(Database database, RocksOptions.Log log) {
        this.database = database;
        this.logged = log.enabled();
        this.synced = log.synced();
        this.trims = new TrimPoints(database::trimmedTo);
        this.errors = new BackgroundErrors(database::backgroundFailures, System::nanoTime);
    }

    /** Time spent in handing over and syncing the log of groups that asked for a sync. */
    long syncNanos() {
        return syncNanos.get();
    }

    @Override
    public void write(CommitGroup group) {
        errors.throwIfAny();
        try {
            for (int i = 0; i < group.size(); i++) {
                apply((RocksBatch) group.batch(i));
            }
            if (logged) {
                finish(group.sync() && synced);
            }
        } catch (RocksDBException e) {
            throw Problems.write(e);
        }
    }

    private void apply(RocksBatch batch) throws RocksDBException {
        StreamMarks marks = batch.marks();
        if (trims.hidePutsOf(marks)) {
            try (WriteBatch kept = HiddenPuts.without(batch.encoding(), trims, database)) {
                write(kept, batch);
            }
        } else {
            write(batch.encoding(), batch);
        }
    }

    private void write(WriteBatch encoding, RocksBatch batch) throws RocksDBException {
        StreamMarks marks = batch.marks();
        if (batch.hasTrims()) {
            for (int i = 0; i < marks.size(); i++) {
                if (marks.hasTrim(i)) {
                    trim(encoding, marks.spaceId(i), marks.stream(i), marks.trim(i));
                }
            }
        }
        database.rocks().write(database.writing(), encoding);
        batch.wasApplied();
        if (batch.hasTrims()) {
            trims.raise(marks);
        }
    }

    /**
     * Deletes what a trim hides beyond the trims before it. The ranges of a stream do not overlap,
     * because reads would pay for every pair that does. It may stand behind the batch's puts: none
     * of them that it covers is visible.
     */
    private void trim(WriteBatch encoding, int spaceId, long stream, long to)
            throws RocksDBException {
        long before = trims.of(spaceId, stream);
        boolean isFirst = before == StreamBounds.NEVER_TRIMMED;
        if (to <= before && !isFirst) {
            return;
        }
        encoding.merge(
                database.metadata(),
                Keys.metadata(spaceId, stream, Keys.TRIM_POINT_ID),
                Keys.trimPoint(to));
        encoding.deleteRange(
                database.data(),
                Keys.data(spaceId, stream, isFirst ? Long.MIN_VALUE : before + 1),
                Keys.after(spaceId, stream, to));
    }

    private void finish(boolean sync) throws RocksDBException {
        if (!sync) {
            database.rocks().flushWal(false);
            return;
        }
        long startNanos = System.nanoTime();
        database.rocks().flushWal(true);
        syncNanos.lazySet(syncNanos.get() + System.nanoTime() - startNanos);
    }
}
