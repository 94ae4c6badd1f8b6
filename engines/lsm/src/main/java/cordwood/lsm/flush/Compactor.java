package cordwood.lsm.flush;

import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.Shortages;
import cordwood.lsm.format.StorageFailures;
import cordwood.lsm.manifest.Edit;
import cordwood.lsm.manifest.TableEntry;
import cordwood.lsm.read.Versions;
import cordwood.lsm.table.Table;
import cordwood.memory.Region;
import cordwood.store.StoreException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The step that gives space back: drops tables of which every record was trimmed, and keeps the
 * tables of attributes few by merging neighbours.
 */
public final class Compactor {

    /*
     * No pin is needed to read the tables: only this step takes tables out of the version.
     *
     * Appended streams do not overlap, so tables of records are not merged: each is written once and
     * dropped whole. Attributes are looked up in every table that has some, so these are merged as
     * soon as there are several of about one size.
     *
     * What one flush or merge writes is a row of tables of one last sequence, which share no record.
     * Of two tables the higher last sequence is newer, so a row is never torn: part of it merged with
     * older tables would seem to be of its age.
     */
    private static final int ATTRIBUTE_ROWS_MAX = 4;
    private static final long MERGED_BYTES_MAX = 256L << 20;

    /** What a compactor works on; {@code room} is memory for a table's writer. */
    public record Parts(
            Versions versions,
            TableStore tables,
            TrimHold trimHold,
            Shortages shortages,
            Region room) {}

    private final Parts parts;
    private final TrimWatch watch;
    private final TableMerger merger;
    private final TableCopier copier;

    private final AtomicBoolean trimmed = new AtomicBoolean(true);
    private volatile boolean stopping;
    private final AtomicLong compactions = new AtomicLong();
    private final AtomicLong readBytes = new AtomicLong();
    private final AtomicLong writtenBytes = new AtomicLong();
    private final AtomicLong droppedBytes = new AtomicLong();

    /** A compactor with nothing under way. */
    public Compactor(Parts parts) {
        this.parts = parts;
        TrimPoints trimPoints = new TrimPoints(parts.versions(), parts.trimHold());
        this.watch = new TrimWatch(trimPoints);
        this.merger =
                new TableMerger(parts.tables(), parts.room().memory(), trimPoints, () -> stopping);
        this.copier = parts.tables().newCopier(parts.room().memory(), () -> stopping);
    }

    /** One pass of the step. */
    public boolean run() {
        boolean worked = parts.versions().reclaim();
        if (stopping) {
            return false;
        }
        try {
            worked |= dropTrimmed();
            worked |= mergeAttributes();
            parts.shortages().end(Shortages.Of.MERGES);
        } catch (Stopped _) {
            return false;
        } catch (RuntimeException e) {
            parts.shortages().note(Shortages.Of.MERGES, StorageFailures.refusal(e));
            return false;
        }
        return worked;
    }

    /**
     * Looks at all tables after a trim, else at new ones: the trim may have overtaken their flush.
     */
    private boolean dropTrimmed() {
        boolean all = trimmed.getAndSet(false);
        boolean again = true; // some may not have been looked at, or there are more by now
        try {
            List<Table> dropped =
                    parts.versions().current().records().stream()
                            .filter(table -> (all || watch.isNew(table)) && watch.isTrimmed(table))
                            .toList();
            again = !dropped.isEmpty();
            if (again) {
                replace(dropped, List.of());
            }
            return again;
        } finally {
            if (again) {
                trimmed.set(true);
            }
        }
    }

    /** A stream was trimmed: the next pass looks at all tables. Thread-safe. */
    public void trimmed() {
        trimmed.set(true);
    }

    private boolean mergeAttributes() {
        List<Table> inputs = mergeable(parts.versions().current().attributes());
        if (inputs.isEmpty()) {
            return false;
        }
        merge(inputs);
        return true;
    }

    /** The newest rows, up to the first that is larger than all newer ones together. */
    private static List<Table> mergeable(List<Table> newestFirst) {
        List<List<Table>> rows = rows(newestFirst);
        if (rows.size() <= ATTRIBUTE_ROWS_MAX) {
            return List.of();
        }
        List<Table> inputs = new ArrayList<>();
        long bytes = 0;
        for (int i = 0; i < rows.size(); i++) {
            long rowBytes = sizeBytes(rows.get(i));
            if (i >= 2 && rowBytes > bytes) {
                break;
            }
            inputs.addAll(rows.get(i));
            bytes += rowBytes;
        }
        return inputs;
    }

    private static List<List<Table>> rows(List<Table> newestFirst) {
        List<List<Table>> rows = new ArrayList<>();
        long sequence = 0;
        for (Table table : newestFirst) {
            if (rows.isEmpty() || table.lastSequence() != sequence) {
                rows.add(new ArrayList<>());
                sequence = table.lastSequence();
            }
            rows.getLast().add(table);
        }
        return rows;
    }

    private static long sizeBytes(List<Table> tables) {
        return tables.stream().mapToLong(Table::sizeBytes).sum();
    }

    private void merge(List<Table> inputs) {
        List<TableEntry> entries = merger.merge(inputs);
        readBytes.addAndGet(sizeBytes(inputs));
        compactions.incrementAndGet();
        replace(inputs, entries);
    }

    /**
     * Drops what was trimmed, rewrites tables that hold something trimmed, and merges small
     * neighbours.
     *
     * @return false when it was given up, since the step is to stop
     * @throws RuntimeException when it is refused or fails; what was done until then stays
     */
    public boolean compactAll() {
        try {
            compactKinds();
            return true;
        } catch (Stopped _) {
            return false;
        }
    }

    private void compactKinds() {
        dropTrimmed();
        for (RecordKind kind : RecordKind.values()) {
            List<Table> inputs = new ArrayList<>();
            long bytes = 0;
            for (List<Table> row : rows(parts.versions().current().tables(kind))) {
                if (bytes + sizeBytes(row) > MERGED_BYTES_MAX) {
                    mergeIfWorth(inputs);
                    inputs.clear();
                    bytes = 0;
                }
                inputs.addAll(row);
                bytes += sizeBytes(row);
            }
            mergeIfWorth(inputs);
        }
    }

    /**
     * Copies the tables on record into a new directory, which is a store then.
     *
     * @throws StoreException.Closed when the step is to stop before the copy is complete
     * @throws cordwood.files.FileFailure when the disk fails; what was copied is deleted
     */
    public void copyTo(Path target) {
        try {
            copier.copyTo(target);
        } catch (Stopped _) {
            throw new StoreException.Closed("the store is closed");
        }
    }

    private void mergeIfWorth(List<Table> inputs) {
        if (rows(inputs).size() > 1 || inputs.stream().anyMatch(watch::holdsTrimmed)) {
            merge(List.copyOf(inputs));
        }
    }

    private void replace(List<Table> old, List<TableEntry> fresh) {
        List<Edit> drops = new ArrayList<>();
        old.forEach(table -> drops.add(new Edit.DropTable(table.number())));
        long oldBytes = sizeBytes(old);
        Runnable delete = () -> parts.tables().delete(old);
        List<Table> opened = parts.tables().record(fresh, drops);
        try {
            parts.versions().replace(old, opened, delete);
        } catch (Error e) {
            throw StorageFailures.ofSecondHalf(e);
        }
        old.forEach(watch::forget);
        droppedBytes.addAndGet(oldBytes);
        writtenBytes.addAndGet(sizeBytes(opened));
    }

    /** Lets the step give up what it is writing and do nothing more. */
    public void stop() {
        stopping = true;
    }

    /** Merges done. */
    public long compactions() {
        return compactions.get();
    }

    /** Bytes of tables that the next merge would read; thread-safe. */
    public long pendingBytes() {
        return sizeBytes(mergeable(parts.versions().current().attributes()));
    }

    /** Bytes of tables read by merges. */
    public long readBytes() {
        return readBytes.get();
    }

    /** Bytes of tables written by merges. */
    public long writtenBytes() {
        return writtenBytes.get();
    }

    /** Bytes of tables dropped. */
    public long droppedBytes() {
        return droppedBytes.get();
    }
}
