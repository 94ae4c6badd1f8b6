package cordwood.lsm.flush;

import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.RunLength;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.format.Varint;
import cordwood.lsm.manifest.TableEntry;
import cordwood.lsm.memtable.Memtable;
import cordwood.lsm.read.Merge;
import cordwood.lsm.table.TableWriter;
import cordwood.lsm.table.Temperature;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Writes what a sealed memtable holds of one kind, in runs of one length, as tables. Confined to
 * one thread.
 */
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
     * Writes a row of tables.
     *
     * @return their entries; none when there was nothing to write
     * @throws cordwood.files.FileFailure when the disk fails; nothing is left behind
     */
    List<TableEntry> write(Memtable memtable, RecordKind kind, RunLength runs) {
        try (TablesWriter writer =
                new TablesWriter(
                        tables,
                        new TableWriter.Content(kind, runs, Temperature.WARM),
                        room,
                        memtable.lastSequence())) {
            for (int tag : memtable.tags(kind)) {
                for (long stream : memtable.streams(tag)) {
                    StreamKey key = StreamKey.of(tag, stream);
                    if (runs(memtable, key) == runs) {
                        write(memtable, key, writer);
                    }
                }
            }
            return writer.finish();
        } finally {
            merge.release();
        }
    }

    private RunLength runs(Memtable memtable, StreamKey key) {
        return key.kind() == RecordKind.RECORDS && memtable.holds(key, tables.longRunBytesMin())
                ? RunLength.LONG
                : RunLength.SHORT;
    }

    private void write(Memtable memtable, StreamKey key, TablesWriter writer) {
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
    private void writeMerged(StreamKey key, long trimmedTo, TablesWriter writer) {
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
