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
     */
    private static final int NATIVE_BYTES_MIN = 8 << 10;
    private static final int SCRATCH_BYTES_MAX = 64 << 10;
    private static final int HEADER_BYTES = 12;
    private static final int ENTRY_BYTES = 12;
    private static final int TRIM_BYTES =
            2 * Keys.DATA_BYTES + Keys.METADATA_BYTES + Long.BYTES + ENTRY_BYTES;

    private final Database database;
    private final StreamMarks marks = new StreamMarks();
    private long encodedBytes = HEADER_BYTES;
    private long nativeBytes = NATIVE_BYTES_MIN;

    // guarded by this
    private final Scratch scratch;
    private org.rocksdb.@Nullable WriteBatch encoding =
            new org.rocksdb.WriteBatch(NATIVE_BYTES_MIN);

    RocksBatch(Database database, StoreLimits limits) {
        super(limits);
        this.database = database;
        this.scratch = new Scratch(database.cells().pool());
        database.batchBytes().add(nativeBytes);
    }

    boolean isOf(Database other) {
        return database == other;
    }

    StreamMarks marks() {
        return marks;
    }

    /** The encoded batch; for the committing step, which the store's close waits for. */
    synchronized org.rocksdb.WriteBatch encoding() {
        org.rocksdb.WriteBatch open = encoding;
        if (open == null) {
            throw new StoreException.Closed("the batch's store is closed");
        }
        return open;
    }

    @Override
    protected synchronized void encodePut(
            Space space, long stream, long position, MemorySegment head, MemorySegment body) {
        org.rocksdb.WriteBatch target = encoding();
        if (!marks.put(space, stream, position)) {
            return;
        }
        long valueBytes = head.byteSize() + body.byteSize();
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
        encoded(Keys.DATA_BYTES + valueBytes);
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
        encoding();
        marks.trim(space, stream, to);
        encoded(TRIM_BYTES);
    }

    @Override
    protected synchronized void encodeAttribute(
            Space space, long stream, int id, MemorySegment value) {
        org.rocksdb.WriteBatch target = encoding();
        try {
            target.put(
                    database.metadata(),
                    Keys.metadata(space.id(), stream, id),
                    value.toArray(ValueLayout.JAVA_BYTE));
        } catch (RocksDBException e) {
            throw refused(e);
        }
        encoded(Keys.METADATA_BYTES + value.byteSize());
    }

    private static StoreException refused(RocksDBException cause) {
        return new StoreException.Internal(
                "RocksDB refused to encode an entry: " + Problems.text(cause),
                Outcome.NOT_APPLIED,
                cause);
    }

    private void encoded(long entryBytes) {
        encodedBytes += entryBytes + ENTRY_BYTES;
        if (encodedBytes > nativeBytes) {
            database.batchBytes().add(encodedBytes - nativeBytes);
            nativeBytes = encodedBytes;
        }
    }

    @Override
    protected synchronized void reset() {
        encoding().clear();
        marks.clear();
        encodedBytes = HEADER_BYTES;
    }

    @Override
    protected void release() {
        database.forget(this);
        sever();
    }

    @Override
    public synchronized void sever() {
        org.rocksdb.WriteBatch open = encoding;
        if (open != null) {
            encoding = null;
            open.close();
            scratch.free();
            database.batchBytes().add(-nativeBytes);
        }
    }

    @Override
    protected long footprintBytes() {
        return encodedBytes;
    }
}
