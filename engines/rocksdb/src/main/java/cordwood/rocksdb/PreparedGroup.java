package cordwood.rocksdb;

import cordwood.store.CommitGroup;
import cordwood.store.StreamBounds;
import org.rocksdb.WriteBatch;

/**
 * A group as one batch of RocksDB's, with all its trims and without the puts that these hide.
 * Making it reads only, so that whatever is refused here was not applied; writing it is one call,
 * after which all of the group is there or nothing.
 */
final class PreparedGroup implements AutoCloseable {

    /** What a trim of a stream becomes, at most. */
    static final int TRIM_BYTES = 2 * Keys.DATA_BYTES + Keys.METADATA_BYTES + Long.BYTES + 16;

    private final WriteBatch encoding;

    private PreparedGroup(WriteBatch encoding) {
        this.encoding = encoding;
    }

    /**
     * Prepares a group, whose trims are pending in {@code trims} afterwards. The caller closes it.
     */
    static PreparedGroup of(CommitGroup group, TrimPoints trims, Families families) {
        BatchBytes joined = new BatchBytes(bytesExpected(group));
        for (int i = 0; i < group.size(); i++) {
            RocksBatch batch = (RocksBatch) group.batch(i);
            if (trims.hidePutsOf(batch.marks())) {
                HiddenPuts.remove(alone(batch), families.dataId(), trims, joined);
            } else {
                batch.addTo(joined);
            }
            if (batch.hasTrims()) {
                addTrims(batch.marks(), trims, families, joined);
            }
        }
        return new PreparedGroup(new WriteBatch(joined.finished()));
    }

    private static byte[] alone(RocksBatch batch) {
        BatchBytes bytes = new BatchBytes(BatchBytes.HEADER_BYTES + batch.entryBytes());
        batch.addTo(bytes);
        return bytes.finished();
    }

    private static int bytesExpected(CommitGroup group) {
        long bytes = BatchBytes.HEADER_BYTES;
        for (int i = 0; i < group.size(); i++) {
            RocksBatch batch = (RocksBatch) group.batch(i);
            bytes += batch.entryBytes();
            bytes += (long) TRIM_BYTES * batch.marks().trimCount();
        }
        return Math.toIntExact(bytes);
    }

    /** In the order of their keys, in which many are looked up and go into a memtable faster. */
    private static void addTrims(
            StreamMarks marks, TrimPoints trims, Families families, BatchBytes joined) {
        for (int i : marks.inKeyOrder()) {
            if (marks.hasTrim(i)) {
                addTrim(marks.spaceId(i), marks.stream(i), marks.trim(i), trims, families, joined);
            }
        }
    }

    /**
     * Deletes what a trim hides beyond the trims before it. The ranges of a stream do not overlap,
     * because reads would pay for every pair that does. It stands behind the batch's puts: none of
     * them that it covers is visible.
     */
    private static void addTrim(
            int spaceId,
            long stream,
            long to,
            TrimPoints trims,
            Families families,
            BatchBytes joined) {
        long before = trims.of(spaceId, stream);
        boolean isFirst = before == StreamBounds.NEVER_TRIMMED;
        if (to <= before && !isFirst) {
            return;
        }
        joined.merge(
                families.metadataId(),
                Keys.metadata(spaceId, stream, Keys.TRIM_POINT_ID),
                Keys.trimPoint(to));
        joined.deleteRange(
                families.dataId(),
                Keys.data(spaceId, stream, isFirst ? Long.MIN_VALUE : before + 1),
                Keys.after(spaceId, stream, to));
        trims.pend(spaceId, stream, to);
    }

    WriteBatch encoding() {
        return encoding;
    }

    @Override
    public void close() {
        encoding.close();
    }
}
