package cordwood.lsm.flush;

import cordwood.files.FileFailure;
import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.StorageFailures;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.format.Varint;
import cordwood.lsm.manifest.TableEntry;
import cordwood.lsm.memtable.Memtable;
import cordwood.lsm.read.Merge;
import cordwood.lsm.table.TableWriter;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Writes what a sealed memtable holds of one kind as a table. Confined to one thread. */
final class MemtableWriter {

    private final TableStore tables;
    private final MemorySegment room;
    private final TrimPoints trimPoints;
    private final Merge merge = new Merge();

    /**
     * A writer.
     *
     * @param room memory for a table's writer
     * @param trimPoints what is at or below them is not written
     */
    MemtableWriter(TableStore tables, MemorySegment room, TrimPoints trimPoints) {
        this.tables = tables;
        this.room = room;
        this.trimPoints = trimPoints;
    }

    /**
     * Writes a table.
     *
     * @return its entry, or null when there was nothing to write
     * @throws cordwood.store.StoreException.Full when there is no room; nothing is left behind
     */
    @Nullable TableEntry write(Memtable memtable, RecordKind kind) {
        int[] tags = memtable.tags(kind);
        if (tags.length == 0) {
            return null;
        }
        TableWriter writer = null;
        boolean finished = false;
        try {
            writer = tables.newWriter(tables.nextNumber(), kind, room);
            for (int tag : tags) {
                for (long stream : memtable.streams(tag)) {
                    write(memtable, StreamKey.of(tag, stream), writer);
                }
            }
            if (writer.isEmpty()) {
                return null;
            }
            long sizeBytes = writer.finish(memtable.lastSequence());
            finished = true;
            return new TableEntry(writer.number(), kind, sizeBytes, memtable.lastSequence());
        } catch (FileFailure e) {
            throw StorageFailures.ofBackgroundWork(e);
        } finally {
            merge.release();
            if (writer != null && !finished) {
                writer.abandon();
            }
        }
    }

    private void write(Memtable memtable, StreamKey key, TableWriter writer) {
        long trimmedTo = trimPoints.of(key);
        if (memtable.isOrdered(key)) {
            memtable.stretches(
                    key,
                    (segment, payloadAt, payloadBytes, count, first, last) -> {
                        if (last > trimmedTo || trimmedTo == Long.MIN_VALUE) {
                            writer.add(key, segment, payloadAt, payloadBytes, count, first, last);
                        }
                    });
        } else {
            merge.release();
            merge.add(memtable, key, memtable.visible());
            writeMerged(key, trimmedTo, writer);
        }
    }

    /** Record by record: each is a stretch of its own, which the writer joins to the one before. */
    private void writeMerged(StreamKey key, long trimmedTo, TableWriter writer) {
        boolean trimmed = trimmedTo != Long.MIN_VALUE;
        if (trimmedTo == Long.MAX_VALUE) {
            return;
        }
        merge.seek(trimmed ? trimmedTo + 1 : Long.MIN_VALUE, true);
        while (merge.next()) {
            int headBytes = Varint.bytes(merge.valueBytes());
            writer.add(
                    key,
                    merge.segment(),
                    merge.valueAt() - headBytes,
                    headBytes + merge.valueBytes(),
                    1,
                    merge.position(),
                    merge.position());
        }
        merge.release();
    }
}
