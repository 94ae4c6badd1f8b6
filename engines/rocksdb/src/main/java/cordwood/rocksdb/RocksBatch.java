package cordwood.rocksdb;

import cordwood.store.Space;
import cordwood.store.StoreException;
import cordwood.store.StoreLimits;
import cordwood.store.WriteBatch;
import java.lang.foreign.MemorySegment;

/** A batch in RocksDB's own encoding. */
final class RocksBatch extends WriteBatch implements Dependent {

    /*
     * Every entry is charged to the batches' share of the budget before anything of it is encoded.
     * Once a batch is in the database, or was cleared, it holds nothing: there may be any number of
     * those. The monitor keeps the store's close away from the memory.
     */
    private static final int BYTES_MIN = 8 << 10;
    private static final int FRAME_BYTES = 12;

    /** A trim is encoded when it is applied; until then it is no more than a mark. */
    private static final int TRIM_BYTES = Keys.DATA_BYTES + FRAME_BYTES;

    private final Database database;
    private final StreamMarks marks = new StreamMarks();
    private long encodedBytes = BatchBytes.HEADER_BYTES;
    private long chargedBytes;

    // guarded by this
    private final EncodedEntries entries;
    private boolean severed;

    RocksBatch(Database database, StoreLimits limits) {
        super(limits);
        this.database = database;
        this.entries = new EncodedEntries(database.cells().pool());
    }

    boolean isOf(Database other) {
        return database == other;
    }

    StreamMarks marks() {
        return marks;
    }

    /** Bytes of its entries, encoded. */
    synchronized int entryBytes() {
        requireOpen();
        return entries.length();
    }

    /** Adds its entries to others; for the committing step, which the store's close waits for. */
    synchronized void addTo(BatchBytes joined) {
        requireOpen();
        joined.addAll(entries);
    }

    private void requireOpen() {
        if (severed) {
            throw new StoreException.Closed("the batch's store is closed");
        }
    }

    /**
     * Makes room in the budget for an entry. A failure after that leaves the room to the next,
     * where there are entries.
     */
    private void charge(long entryBytes) {
        requireOpen();
        long neededBytes = Math.max(BYTES_MIN, encodedBytes + entryBytes);
        if (neededBytes > chargedBytes) {
            database.batches().take(neededBytes - chargedBytes, chargedBytes);
            chargedBytes = neededBytes;
        }
    }

    @Override
    protected synchronized void encodePut(
            Space space, long stream, long position, MemorySegment head, MemorySegment body) {
        long entryBytes = Keys.DATA_BYTES + FRAME_BYTES + head.byteSize() + body.byteSize();
        charge(entryBytes);
        try {
            if (marks.put(space, stream, position)) {
                entries.putData(
                        database.familyIds().dataId(), space.id(), stream, position, head, body);
                encodedBytes += entryBytes;
            }
        } finally {
            freeIfEmpty();
        }
    }

    /** Only notes the trim: what it deletes depends on the trim point when it is applied. */
    @Override
    protected synchronized void encodeTrim(Space space, long stream, long to) {
        charge(TRIM_BYTES);
        try {
            marks.trim(space, stream, to);
            encodedBytes += TRIM_BYTES;
        } finally {
            freeIfEmpty();
        }
    }

    @Override
    protected synchronized void encodeAttribute(
            Space space, long stream, int id, MemorySegment value) {
        long entryBytes = Keys.METADATA_BYTES + FRAME_BYTES + value.byteSize();
        charge(entryBytes);
        try {
            entries.putAttribute(database.familyIds().metadataId(), space.id(), stream, id, value);
            encodedBytes += entryBytes;
        } finally {
            freeIfEmpty();
        }
    }

    /** The first entry could not be encoded, and may never be tried again. */
    private void freeIfEmpty() {
        if (encodedBytes == BatchBytes.HEADER_BYTES) {
            free();
        }
    }

    @Override
    protected synchronized void reset() {
        requireOpen();
        marks.clear(); // which may fail, and then the batch is as before
        free();
        encodedBytes = BatchBytes.HEADER_BYTES;
    }

    /** Lets go of what was encoded: nobody needs it again. */
    synchronized void wasApplied() {
        free();
    }

    @Override
    protected void release() {
        database.forget(this);
        sever();
    }

    @Override
    public synchronized void sever() {
        if (!severed) {
            severed = true;
            free();
        }
    }

    private void free() {
        entries.free();
        database.batches().give(chargedBytes);
        chargedBytes = 0;
    }

    /** What it becomes in its group at most, which is bounded by that. */
    @Override
    protected long footprintBytes() {
        return encodedBytes + (long) PreparedGroup.TRIM_BYTES * marks.trimCount();
    }
}
