package cordwood.bench.write;

import cordwood.bench.BenchException;
import cordwood.bench.run.WriteThroughputConfig;
import cordwood.bench.workload.StoreNote;
import cordwood.store.Durability;
import cordwood.store.LocalStore;
import cordwood.store.StoreException;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import java.util.List;

/**
 * Keeps the store's note of what a run writes: the payload before its first record, the count
 * behind the last. A store that keeps nothing has none.
 */
final class StoreLedger {

    private final StreamStore store;
    private final StoreNote note;
    private final int id;
    private final Durability level;
    private final long recordsBefore;

    private StoreLedger(
            StreamStore store, StoreNote note, int id, Durability level, long recordsBefore) {
        this.store = store;
        this.note = note;
        this.id = id;
        this.level = level;
        this.recordsBefore = recordsBefore;
    }

    /** Notes what is about to be written. */
    static StoreLedger begin(StreamStore store, StoreNote note, WriteThroughputConfig config) {
        List<StoreNote> earlier = StoreNote.of(store);
        int id = 0;
        while (id < earlier.size() && !isOfSamePayload(earlier.get(id), note)) {
            id++;
        }
        if (id > WriteBatch.ATTRIBUTE_ID_MAX) {
            throw BenchException.usage(
                    "%s holds records of %d payloads, the most: use a fresh directory"
                            .formatted(config.directory(), id));
        }
        long recordsBefore = id == earlier.size() ? 0 : earlier.get(id).recordCount();
        StoreLedger ledger = new StoreLedger(store, note, id, config.durability(), recordsBefore);
        ledger.write(StoreNote.UNKNOWN);
        return ledger;
    }

    private static boolean isOfSamePayload(StoreNote one, StoreNote other) {
        return one.withRecordCount(0).equals(other.withRecordCount(0));
    }

    /** Notes what was acknowledged; where the store takes no more, nothing. */
    void end(long recordCount) {
        if (recordsBefore == StoreNote.UNKNOWN) {
            return;
        }
        try {
            write(recordsBefore + recordCount);
        } catch (StoreException _) {
            return; // the count stays unknown, and why was told where writing ended
        }
    }

    private void write(long recordCount) {
        if (store instanceof LocalStore) {
            note.withRecordCount(recordCount).write(store, id, level);
        }
    }
}
