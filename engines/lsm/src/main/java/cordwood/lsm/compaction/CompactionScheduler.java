package cordwood.lsm.compaction;

import cordwood.lsm.flush.Stopped;
import cordwood.lsm.flush.TableStore;
import cordwood.lsm.flush.TrimHold;
import cordwood.lsm.flush.TrimPoints;
import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.Shortages;
import cordwood.lsm.format.StorageFailures;
import cordwood.lsm.manifest.Edit;
import cordwood.lsm.manifest.TableEntry;
import cordwood.lsm.read.Version;
import cordwood.lsm.read.Versions;
import cordwood.lsm.table.Table;
import cordwood.memory.Region;
import cordwood.store.ByteSize;
import cordwood.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The step that gives space back and keeps reads fast: drops tables of which every record was
 * trimmed, and has done what {@link CompactionPicker} chooses, one compaction after the other.
 */
public final class CompactionScheduler {

    /*
     * No pin is needed to read the tables: only this step takes tables out of the version.
     */

    /** Memory that compactions write with. */
    public static final int ROOM_BYTES = RunWriter.ROOM_BYTES;

    /** Most bytes of neighbours in age that are merged when everything is asked for. */
    private static final long MERGED_BYTES_MAX = 256L << 20;

    /** Trims come all the time, and estimates need not follow each. */
    private static final long ESTIMATE_NANOS_MIN = 1_000_000_000;

    /**
     * What a scheduler works on.
     *
     * @param room {@link #ROOM_BYTES} of memory
     * @param pause holds the step up for so many nanoseconds
     */
    public record Parts(
            Versions versions,
            TableStore tables,
            TrimHold trimHold,
            Shortages shortages,
            DiskRoom disk,
            Region room,
            LongConsumer pause) {}

    private final Parts parts;
    private final TrimWatch watch;
    private final Garbage garbage;
    private final CompactionPicker picker;
    private final Yielding yielding;
    private final CompactionJob job;

    private final AtomicBoolean trimmed = new AtomicBoolean(true);
    private final LookPace drops = new LookPace(0);
    private volatile boolean estimateWanted = true;
    private final LookPace estimates = new LookPace(ESTIMATE_NANOS_MIN);
    private volatile boolean pickWanted;
    private final LookPace picks = new LookPace(0);
    private volatile boolean isQuiet = true;
    private volatile boolean stopping;
    private final AtomicLong compactions = new AtomicLong();
    private final AtomicLong readBytes = new AtomicLong();
    private final AtomicLong writtenBytes = new AtomicLong();
    private final AtomicLong droppedBytes = new AtomicLong();

    /** A scheduler with nothing under way. */
    public CompactionScheduler(Parts parts) {
        this.parts = parts;
        TrimPoints trimPoints = new TrimPoints(parts.versions(), parts.trimHold());
        this.watch = new TrimWatch(trimPoints);
        this.garbage = new Garbage(trimPoints);
        this.picker = new CompactionPicker(garbage, () -> stopping);
        this.yielding = new Yielding(() -> isQuiet, System::nanoTime, parts.pause());
        this.job =
                new CompactionJob(
                        parts.tables(),
                        parts.room().memory(),
                        trimPoints,
                        yielding,
                        () -> stopping);
    }

    /** One pass of the step. */
    public boolean run() {
        boolean worked = parts.versions().reclaim();
        if (stopping) {
            return false;
        }
        try {
            worked |= dropTrimmed(drops.isDue());
            worked |= compactNext();
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
     * Looks at all tables after a trim, where that is due, else at new ones: the trim may have
     * overtaken their flush.
     */
    private boolean dropTrimmed(boolean isDue) {
        boolean all = isDue && trimmed.getAndSet(false);
        long begunNanos = System.nanoTime();
        boolean again = true; // some may not have been looked at, or there are more by now
        try {
            List<Table> tables = parts.versions().current().records();
            List<Table> dropped =
                    tables.stream()
                            .filter(table -> (all || watch.isNew(table)) && watch.isTrimmed(table))
                            .toList();
            again = !dropped.isEmpty();
            if (all) {
                drops.ended(tables.size(), begunNanos);
            }
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

    private boolean compactNext() {
        if (estimateWanted && estimates.isDue()) {
            estimate();
        }
        pickWanted = !picks.isDue();
        return !pickWanted && compactPicked(parts.versions().current());
    }

    private boolean compactPicked(Version version) {
        CompactionPicker.Room room =
                new CompactionPicker.Room(
                        parts.disk().readBytesMax(),
                        parts.disk().freeBytes(),
                        parts.disk().lendableBytes());
        long begunNanos = System.nanoTime();
        List<Table> inputs = picker.pick(version, isQuiet, room);
        if (inputs.isEmpty()) {
            picks.ended(version.records().size(), begunNanos);
            return false;
        }
        yielding.begin(picker.debtShare(version));
        if (picker.fits(inputs, room)) {
            compact(inputs);
        } else {
            parts.disk().tryBeyond(picker.writtenBytes(inputs), () -> compact(inputs));
        }
        return true;
    }

    private void estimate() {
        long begunNanos = System.nanoTime();
        boolean isDone = false;
        estimateWanted = false;
        List<Table> tables = parts.versions().current().records();
        try {
            garbage.look(tables);
            isDone = true;
        } finally {
            estimates.ended(tables.size(), begunNanos);
            if (!isDone) {
                estimateWanted = true;
            }
        }
    }

    /** A stream was trimmed: a pass looks at all tables soon. Thread-safe. */
    public void trimmed() {
        trimmed.set(true);
        estimateWanted = true;
    }

    /** Whether there may be something to do that nobody else wakes the step for. Thread-safe. */
    public boolean isLookDue() {
        return (estimateWanted && estimates.isDue())
                || (trimmed.get() && drops.isDue())
                || (pickWanted && picks.isDue());
    }

    /** Says whether little is being written; true when the step should have a look. Thread-safe. */
    public boolean quiet(boolean quiet) {
        boolean began = quiet && !isQuiet;
        isQuiet = quiet;
        return began;
    }

    private void compact(List<Table> inputs) {
        parts.disk().require(CompactionPicker.sizeBytes(inputs));
        List<TableEntry> entries =
                picker.givesBack(inputs)
                        ? parts.disk().lentTo(picker.writtenBytes(inputs), () -> job.run(inputs))
                        : job.run(inputs);
        readBytes.addAndGet(CompactionPicker.sizeBytes(inputs));
        compactions.incrementAndGet();
        replace(inputs, entries);
    }

    /**
     * Drops what was trimmed, rewrites tables that hold something trimmed or are warm, and merges
     * small neighbours. Where there is no room for one compaction, smaller ones and all others are
     * done, and it is tried again with what they gave back.
     *
     * @return false when it was given up, since the step is to stop
     * @throws StoreException.Full when there is no room for the rest
     * @throws RuntimeException when it is refused or fails; what was done until then stays
     */
    public boolean compactAll() {
        try {
            Refused refused;
            long before;
            do {
                before = compactions();
                refused = compactKinds();
            } while (refused.full != null && compactions() > before);
            refused.requireNone();
            return true;
        } catch (Stopped _) {
            return false;
        }
    }

    /** What one pass over all tables found no room for. */
    private static final class Refused {
        private long tables;
        private long bytes;
        private StoreException.@Nullable Full full; // the first

        private void add(List<Table> inputs, StoreException.Full because) {
            tables += inputs.size();
            bytes += CompactionPicker.sizeBytes(inputs);
            full = full == null ? because : full;
        }

        private void requireNone() {
            if (full != null) {
                throw new StoreException.Full(
                        "%,d tables of %s are left that there is no room to compact: %s"
                                .formatted(tables, ByteSize.text(bytes), full.getMessage()),
                        full);
            }
        }
    }

    private Refused compactKinds() {
        Refused refused = new Refused();
        dropTrimmed(true);
        yielding.begin(1); // somebody waits
        for (RecordKind kind : RecordKind.values()) {
            List<Table> inputs = new ArrayList<>();
            for (List<Table> row : CompactionPicker.rows(parts.versions().current().tables(kind))) {
                if (!isRoomFor(inputs, row)) {
                    compactFitting(inputs, refused);
                    inputs.clear();
                }
                if (isRoomFor(inputs, row)) {
                    inputs.addAll(row);
                } else {
                    row.forEach(table -> compactFitting(List.of(table), refused));
                }
            }
            compactFitting(inputs, refused);
        }
        return refused;
    }

    private boolean isRoomFor(List<Table> inputs, List<Table> more) {
        long bytesMax = Math.min(MERGED_BYTES_MAX, parts.disk().readBytesMax());
        return CompactionPicker.sizeBytes(inputs) + CompactionPicker.sizeBytes(more) <= bytesMax;
    }

    private void compactFitting(List<Table> inputs, Refused refused) {
        StoreException.Full full = compactFitting(inputs);
        if (full != null) {
            refused.add(inputs, full);
        }
    }

    /** Compacts neighbours in age, or what there is room for of them: why that is not all. */
    private StoreException.@Nullable Full compactFitting(List<Table> inputs) {
        List<List<Table>> rows = CompactionPicker.rows(inputs);
        if (rows.size() < 2
                && inputs.stream().noneMatch(watch::holdsTrimmed)
                && inputs.stream().noneMatch(parts.tables()::isWarm)) {
            return null;
        }
        try {
            compact(List.copyOf(inputs));
            return null;
        } catch (RuntimeException e) {
            if (!(StorageFailures.ofBackgroundWork(e) instanceof StoreException.Full full)) {
                throw e;
            }
            int half = rows.size() / 2;
            if (half > 0) {
                compactFitting(rows.subList(0, half).stream().flatMap(List::stream).toList());
                compactFitting(
                        rows.subList(half, rows.size()).stream().flatMap(List::stream).toList());
            }
            return full;
        }
    }

    private void replace(List<Table> old, List<TableEntry> fresh) {
        List<Edit> drops = new ArrayList<>();
        old.forEach(table -> drops.add(new Edit.DropTable(table.number())));
        long oldBytes = CompactionPicker.sizeBytes(old);
        Runnable delete = () -> parts.tables().delete(old);
        List<Table> opened = parts.tables().record(fresh, drops);
        try {
            parts.versions().replace(old, opened, delete);
        } catch (Error e) {
            throw StorageFailures.ofSecondHalf(e);
        }
        old.forEach(watch::forget);
        droppedBytes.addAndGet(oldBytes);
        writtenBytes.addAndGet(CompactionPicker.sizeBytes(opened));
    }

    /** Lets the step give up what it is writing and do nothing more. */
    public void stop() {
        stopping = true;
    }

    /** Compactions done. */
    public long compactions() {
        return compactions.get();
    }

    /** Bytes of tables that would be compacted next if nothing were written; thread-safe. */
    public long pendingBytes() {
        return picker.debtBytes(parts.versions().current());
    }

    /** Bytes of tables that were trimmed, as of the last look at them; thread-safe. */
    public long reclaimableBytes() {
        return garbage.bytes(parts.versions().current().records());
    }

    /** Bytes of tables read by compactions. */
    public long readBytes() {
        return readBytes.get();
    }

    /** Bytes of tables written by compactions. */
    public long writtenBytes() {
        return writtenBytes.get();
    }

    /** Bytes of tables dropped. */
    public long droppedBytes() {
        return droppedBytes.get();
    }
}
