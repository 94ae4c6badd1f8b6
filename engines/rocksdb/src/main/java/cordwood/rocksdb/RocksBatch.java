package cordwood.rocksdb;

import cordwood.store.Space;
import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import cordwood.store.StoreLimits;
import cordwood.store.WriteBatch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/** A batch in RocksDB's own encoding, in native memory. */
final class RocksBatch extends WriteBatch implements Dependent {

    /*
     * Keys and values reach native code through a cell that the batch keeps; a value too large for
     * one goes through an array, so that no batch holds on to a large cell, and so does any value
     * while the store's cells are all in use. The monitor keeps the store's close away from native
     * calls in progress.
     *
     * Every entry is charged to the batches' share of the budget before anything of it is encoded.
     * Once a batch is in the database, or was cleared, it keeps no more than a small one needs.
     */
    private static final int NATIVE_BYTES_MIN = 8 << 10;
    private static final int SCRATCH_BYTES_MAX = 64 << 10;
    private static final int HEADER_BYTES = 12;
    private static final int FRAME_BYTES = 12;

    /** A trim is encoded when it is applied; until then it is no more than a mark. */
    private static final int TRIM_BYTES = Keys.DATA_BYTES + FRAME_BYTES;

    private final Database database;
    private final StreamMarks marks = new StreamMarks();
    private long encodedBytes = HEADER_BYTES;
    private long chargedBytes;

    // guarded by this
    private final Scratch scratch;
    private org.rocksdb.@Nullable WriteBatch encoding; // null until the first entry
    private boolean severed;

    RocksBatch(Database database, StoreLimits limits) {
        super(limits);
        this.database = database;
        this.scratch = new Scratch(database.cells().pool());
    }

    boolean isOf(Database other) {
        return database == other;
    }

    StreamMarks marks() {
        return marks;
    }

    /** The encoded batch; for the committing step, which the store's close waits for. */
    synchronized org.rocksdb.WriteBatch encoding() {
        requireOpen();
        org.rocksdb.WriteBatch open = encoding;
        if (open == null) {
            open = new org.rocksdb.WriteBatch(NATIVE_BYTES_MIN);
            encoding = open;
        }
        return open;
    }

    private void requireOpen() {
        if (severed) {
            throw new StoreException.Closed("the batch's store is closed");
        }
    }

    /** Makes room in the budget for an entry; a failure after that leaves the room to the next. */
    private void charge(long entryBytes) {
        requireOpen();
        long neededBytes = Math.max(NATIVE_BYTES_MIN, encodedBytes + entryBytes);
        if (neededBytes > chargedBytes) {
            database.batches().take(neededBytes - chargedBytes, chargedBytes);
            chargedBytes = neededBytes;
        }
    }

    @Override
    protected synchronized void encodePut(
            Space space, long stream, long position, MemorySegment head, MemorySegment body) {
        long valueBytes = head.byteSize() + body.byteSize();
        long entryBytes = Keys.DATA_BYTES + FRAME_BYTES + valueBytes;
        charge(entryBytes);
        org.rocksdb.WriteBatch target = encoding();
        if (!marks.put(space, stream, position)) {
            return;
        }
        try {
            if (valueBytes <= SCRATCH_BYTES_MAX && scratch.holds((int) valueBytes)) {
                ByteBuffer key = scratch.key();
                Keys.putData(key, space.id(), stream, position);
                target.put(database.data(), key, scratch.value(head, body));
            } else {
                target.put(
                        database.data(),
                        Keys.data(space, stream, position),
                        array(head, body, Math.toIntExact(valueBytes)));
            }
        } catch (RocksDBException e) {
            throw refused(e);
        }
        encodedBytes += entryBytes;
    }

    private static byte[] array(MemorySegment head, MemorySegment body, int valueBytes) {
        byte[] value = new byte[valueBytes];
        MemorySegment target = MemorySegment.ofArray(value);
        MemorySegment.copy(head, 0, target, 0, head.byteSize());
        MemorySegment.copy(body, 0, target, head.byteSize(), body.byteSize());
        return value;
    }

    /** Only notes the trim: what it deletes depends on the trim point when it is applied. */
    @Override
    protected synchronized void encodeTrim(Space space, long stream, long to) {
        charge(TRIM_BYTES);
        marks.trim(space, stream, to);
        encodedBytes += TRIM_BYTES;
    }

    @Override
    protected synchronized void encodeAttribute(
            Space space, long stream, int id, MemorySegment value) {
        long entryBytes = Keys.METADATA_BYTES + FRAME_BYTES + value.byteSize();
        charge(entryBytes);
        org.rocksdb.WriteBatch target = encoding();
        try {
            target.put(
                    database.metadata(),
                    Keys.metadata(space.id(), stream, id),
                    value.toArray(ValueLayout.JAVA_BYTE));
        } catch (RocksDBException e) {
            throw refused(e);
        }
        encodedBytes += entryBytes;
    }

    private static StoreException refused(RocksDBException cause) {
        return new StoreException.Internal(
                "RocksDB refused to encode an entry: " + Problems.text(cause),
                Outcome.NOT_APPLIED,
                cause);
    }

    @Override
    protected synchronized void reset() {
        requireOpen();
        wasApplied();
        org.rocksdb.WriteBatch open = encoding;
        if (open != null) {
            open.clear();
        }
        marks.clear();
        encodedBytes = HEADER_BYTES;
    }

    /** Lets go of what was encoded, where that is much: nobody needs it again. */
    synchronized void wasApplied() {
        if (chargedBytes > database.batches().idleBytesMax()) {
            free();
        }
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
            scratch.free();
        }
    }

    private void free() {
        org.rocksdb.WriteBatch open = encoding;
        encoding = null;
        if (open != null) {
            open.close();
        }
        database.batches().give(chargedBytes);
        chargedBytes = 0;
    }

    @Override
    protected long footprintBytes() {
        return encodedBytes;
    }
}
