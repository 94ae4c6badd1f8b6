package cordwood.lsm.inspect;

import cordwood.lsm.format.LittleEndian;
import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.format.Stretch;
import cordwood.lsm.format.StretchRecords;
import cordwood.store.Durability;
import cordwood.store.LocalStore;
import cordwood.store.Space;
import cordwood.store.StreamBounds;
import cordwood.store.WriteBatch;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/**
 * Puts what was saved into a store, in the order in which it comes: of two values of one position
 * the later one stays. Belongs to one thread.
 */
final class SalvageTarget implements AutoCloseable {

    private static final int BATCH_BYTES = 128 << 10;
    private static final int BATCH_OPERATIONS = 1_000;

    private final LocalStore store;
    private final WriteBatch batch;
    private final Map<Integer, Space> spaces = new HashMap<>();
    private long records;

    SalvageTarget(LocalStore store) {
        this.store = store;
        this.batch = store.newBatch();
    }

    /** Records, attributes and trims so far. */
    long records() {
        return records;
    }

    void add(StreamKey key, StretchRecords stretch) {
        Space space = spaces.computeIfAbsent(key.space(), id -> new Space(id, "space " + id));
        for (int i = 0; i < stretch.count(); i++) {
            MemorySegment value =
                    stretch.segment().asSlice(stretch.valueAt(i), stretch.valueBytes(i));
            if (batch.operationCount() >= BATCH_OPERATIONS
                    || batch.valueBytes() + value.byteSize() > BATCH_BYTES) {
                append();
            }
            add(space, key, stretch.position(i), value);
            records++;
        }
    }

    private void add(Space space, StreamKey key, long position, MemorySegment value) {
        if (key.kind() == RecordKind.RECORDS) {
            batch.put(space, key.stream(), position, value);
        } else if (position != Stretch.TRIM_POINT_ID) {
            batch.attribute(space, key.stream(), (int) position, value);
        } else if (LittleEndian.i64(value, 0) != StreamBounds.NEVER_TRIMMED) {
            batch.trim(space, key.stream(), LittleEndian.i64(value, 0));
        }
    }

    private void append() {
        if (batch.operationCount() > 0) {
            store.append(batch, Durability.WRITTEN).await();
            batch.clear();
        }
    }

    /** Has everything in tables, synced. */
    void finish() {
        append();
        store.flush();
    }

    @Override
    public void close() {
        batch.close();
    }
}
