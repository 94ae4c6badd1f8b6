package cordwood.lsm.compaction;

import cordwood.lsm.flush.Stopped;
import cordwood.lsm.flush.TableStore;
import cordwood.lsm.flush.TrimPoints;
import cordwood.lsm.format.LittleEndian;
import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.StorageFailures;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.format.Stretch;
import cordwood.lsm.format.Varint;
import cordwood.lsm.manifest.TableEntry;
import cordwood.lsm.read.Merge;
import cordwood.lsm.table.Table;
import cordwood.store.StreamBounds;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Writes what is still needed of several tables as new rows. Confined to one thread. */
final class CompactionJob {

    private static final int TRIM_POINT_RECORD_BYTES = 1 + Long.BYTES;

    private final TableStore tables;
    private final MemorySegment room;
    private final TrimPoints trimPoints;
    private final Yielding yielding;
    private final BooleanSupplier stopping;
    private final Merge merge = new Merge();
    private final MemorySegment trimPointRecord =
            MemorySegment.ofArray(new byte[TRIM_POINT_RECORD_BYTES]);

    /**
     * A job that does one compaction after the other.
     *
     * @param room memory of {@link RunWriter#ROOM_BYTES}
     * @param trimPoints what is at or below them is not written
     * @param yielding told of each record that is written
     * @param stopping asked between two records
     */
    CompactionJob(
            TableStore tables,
            MemorySegment room,
            TrimPoints trimPoints,
            Yielding yielding,
            BooleanSupplier stopping) {
        this.tables = tables;
        this.room = room;
        this.trimPoints = trimPoints;
        this.yielding = yielding;
        this.stopping = stopping;
    }

    /**
     * Writes the tables of a compaction anew. They take the age of its newest input.
     *
     * @param inputs newest first, pinned or otherwise kept open by the caller; no other table of an
     *     age between them holds a record at one of their positions
     * @return the entries of the new tables; none when nothing is needed any more
     * @throws cordwood.files.FileFailure when the disk fails; nothing is left behind
     * @throws Stopped when the store is being closed; nothing is left behind
     */
    List<TableEntry> run(List<Table> inputs) {
        Table newest = inputs.getFirst();
        try (RunWriter writer = new RunWriter(tables, newest.kind(), room, newest.lastSequence())) {
            StreamKey key = Table.nextKey(inputs, 0, Long.MIN_VALUE, true);
            while (key != null) {
                requireGoingOn();
                write(inputs, key, writer);
                key = Table.nextKey(inputs, key.tag(), key.stream(), false);
            }
            return writer.finish();
        } catch (OutOfMemoryError e) {
            throw StorageFailures.ofHeap(e);
        } finally {
            merge.release();
        }
    }

    private void requireGoingOn() {
        if (stopping.getAsBoolean()) {
            throw new Stopped();
        }
    }

    private void write(List<Table> inputs, StreamKey key, RunWriter writer) {
        merge.release();
        for (Table table : inputs) {
            merge.add(table, key);
        }
        long trimmedTo = trimPoints.of(key);
        if (trimmedTo == Long.MAX_VALUE) {
            return;
        }
        writer.begin(key);
        merge.seek(trimmedTo == StreamBounds.NEVER_TRIMMED ? trimmedTo : trimmedTo + 1, true);
        while (merge.next()) {
            requireGoingOn();
            if (key.kind() == RecordKind.ATTRIBUTES && merge.position() == Stretch.TRIM_POINT_ID) {
                writeTrimPoint(writer);
                return; // it is the last of all attributes
            }
            int headBytes = Varint.bytes(merge.valueBytes());
            writer.add(
                    merge.segment(),
                    merge.valueAt() - headBytes,
                    headBytes + merge.valueBytes(),
                    merge.position());
            yielding.worked(headBytes + merge.valueBytes());
        }
    }

    /** Of trim points the highest counts, not the newest. */
    private void writeTrimPoint(RunWriter writer) {
        long trimmedTo = merge.highest(Stretch.TRIM_POINT_ID, StreamBounds.NEVER_TRIMMED);
        LittleEndian.putU8(trimPointRecord, 0, Long.BYTES);
        LittleEndian.putI64(trimPointRecord, 1, trimmedTo);
        writer.add(trimPointRecord, 0, TRIM_POINT_RECORD_BYTES, Stretch.TRIM_POINT_ID);
    }
}
