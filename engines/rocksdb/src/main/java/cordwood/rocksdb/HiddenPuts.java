package cordwood.rocksdb;

import java.nio.ByteBuffer;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/** Copies a batch without the puts that the trim points in force hide. */
final class HiddenPuts extends WriteBatch.Handler {

    private final WriteBatch kept;
    private final TrimPoints trims;
    private final Database database;
    private final int dataId;

    private HiddenPuts(WriteBatch kept, TrimPoints trims, Database database) {
        this.kept = kept;
        this.trims = trims;
        this.database = database;
        this.dataId = database.data().getID();
    }

    /** The copy, which the caller closes. */
    static WriteBatch without(WriteBatch batch, TrimPoints trims, Database database)
            throws RocksDBException {
        WriteBatch kept = new WriteBatch();
        boolean copied = false;
        try (HiddenPuts filter = new HiddenPuts(kept, trims, database)) {
            batch.iterate(filter);
            copied = true;
            return kept;
        } finally {
            if (!copied) {
                kept.close();
            }
        }
    }

    @Override
    public void put(int familyId, byte[] key, byte[] value) throws RocksDBException {
        if (familyId == dataId) {
            ByteBuffer parts = ByteBuffer.wrap(key);
            long trimmedTo = trims.of(Byte.toUnsignedInt(key[0]), Keys.streamOf(parts));
            if (StreamMarks.hides(trimmedTo, Keys.positionOf(parts))) {
                return;
            }
        }
        kept.put(database.family(familyId), key, value);
    }

    @Override
    public void merge(int familyId, byte[] key, byte[] value) throws RocksDBException {
        kept.merge(database.family(familyId), key, value);
    }

    @Override
    public void deleteRange(int familyId, byte[] begin, byte[] end) throws RocksDBException {
        kept.deleteRange(database.family(familyId), begin, end);
    }

    // What follows never stands in a batch of ours.

    @Override
    public void put(byte[] key, byte[] value) {
        throw unexpected();
    }

    @Override
    public void merge(byte[] key, byte[] value) {
        throw unexpected();
    }

    @Override
    public void delete(int familyId, byte[] key) {
        throw unexpected();
    }

    @Override
    public void delete(byte[] key) {
        throw unexpected();
    }

    @Override
    public void singleDelete(int familyId, byte[] key) {
        throw unexpected();
    }

    @Override
    public void singleDelete(byte[] key) {
        throw unexpected();
    }

    @Override
    public void deleteRange(byte[] begin, byte[] end) {
        throw unexpected();
    }

    @Override
    public void logData(byte[] blob) {
        throw unexpected();
    }

    @Override
    public void putBlobIndex(int familyId, byte[] key, byte[] value) {
        throw unexpected();
    }

    @Override
    public void markBeginPrepare() {
        throw unexpected();
    }

    @Override
    public void markEndPrepare(byte[] id) {
        throw unexpected();
    }

    @Override
    public void markNoop(boolean emptyBatch) {
        throw unexpected();
    }

    @Override
    public void markRollback(byte[] id) {
        throw unexpected();
    }

    @Override
    public void markCommit(byte[] id) {
        throw unexpected();
    }

    @Override
    public void markCommitWithTimestamp(byte[] id, byte[] timestamp) {
        throw unexpected();
    }

    private static IllegalStateException unexpected() {
        return new IllegalStateException("an entry that no batch of this engine holds");
    }
}
