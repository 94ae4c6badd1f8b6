package cordwood.lsm.flush;

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
import org.jspecify.annotations.Nullable;

/** Writes what is still needed of several tables as a new row. Confined to one thread. */
final class TableMerger {

    private static final int TRIM_POINT_RECORD_BYTES = 1 + Long.BYTES;

    private final TableStore tables;
    private final MemorySegment room;
    private final TrimPoints trimPoints;
    private final BooleanSupplier stopping;
    private final Merge merge = new Merge();
    private final MemorySegment trimPointRecord =
            MemorySegment.ofArray(new byte[TRIM_POINT_RECORD_BYTES]);

    /** A merger; its arguments are those of a {@link MemtableWriter}. */
    TableMerger(
            TableStore tables,
            MemorySegment room,
            TrimPoints trimPoints,
            BooleanSupplier stopping) {
        this.tables = tables;
        this.room = room;
        this.trimPoints = trimPoints;
        this.stopping = stopping;
    }

    /**
     * Merges tables of one kind, whole rows and neighbours in age.
     *
     * @param inputs newest first, pinned or otherwise kept open by the caller
     * @return the entries of the new tables; none when nothing is needed any more
     * @throws cordwood.files.FileFailure when the disk fails; nothing is left behind
     */
    List<TableEntry> merge(List<Table> inputs) {
        Table newest = inputs.getFirst();
        try (TablesWriter writer =
                new TablesWriter(tables, newest.kind(), room, newest.lastSequence())) {
            StreamKey key = lowestKey(inputs, null);
            while (key != null) {
                requireGoingOn();
                write(inputs, key, writer);
                key = lowestKey(inputs, key);
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

    private static @Nullable StreamKey lowestKey(List<Table> inputs, @Nullable StreamKey behind) {
        StreamKey lowest = null;
        for (Table table : inputs) {
            StreamKey key =
                    behind == null
                            ? table.nextKey(0, Long.MIN_VALUE, true)
                            : table.nextKey(behind.tag(), behind.stream(), false);
            if (key != null && (lowest == null || key.compareTo(lowest) < 0)) {
                lowest = key;
            }
        }
        return lowest;
    }

    private void write(List<Table> inputs, StreamKey key, TablesWriter writer) {
        merge.release();
        for (Table table : inputs) {
            merge.add(table, key);
        }
        long trimmedTo = trimPoints.of(key);
        if (trimmedTo == Long.MAX_VALUE) {
            return;
        }
        merge.seek(trimmedTo == StreamBounds.NEVER_TRIMMED ? trimmedTo : trimmedTo + 1, true);
        while (merge.next()) {
            requireGoingOn();
            if (key.kind() == RecordKind.ATTRIBUTES && merge.position() == Stretch.TRIM_POINT_ID) {
                writeTrimPoint(key, writer);
                return; // it is the last of all attributes
            }
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
    }

    /** Of trim points the highest counts, not the newest. */
    private void writeTrimPoint(StreamKey key, TablesWriter writer) {
        long trimmedTo = merge.highest(Stretch.TRIM_POINT_ID, StreamBounds.NEVER_TRIMMED);
        LittleEndian.putU8(trimPointRecord, 0, Long.BYTES);
        LittleEndian.putI64(trimPointRecord, 1, trimmedTo);
        writer.add(
                key,
                trimPointRecord,
                0,
                TRIM_POINT_RECORD_BYTES,
                1,
                Stretch.TRIM_POINT_ID,
                Stretch.TRIM_POINT_ID);
    }
}
