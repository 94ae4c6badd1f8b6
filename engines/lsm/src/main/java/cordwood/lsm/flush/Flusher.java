package cordwood.lsm.flush;

import cordwood.lsm.format.RecordKind;
import cordwood.lsm.manifest.Edit;
import cordwood.lsm.manifest.Manifest;
import cordwood.lsm.manifest.TableEntry;
import cordwood.lsm.memtable.Memtable;
import cordwood.lsm.memtable.MemtablePool;
import cordwood.lsm.read.Versions;
import cordwood.lsm.table.Table;
import cordwood.lsm.wal.LiveSegments;
import cordwood.lsm.wal.SegmentPool;
import cordwood.memory.Region;
import cordwood.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The step that turns sealed memtables into tables, the oldest first. */
public final class Flusher {

    /*
     * Order: the tables are complete and synced; one edit puts them on record and takes the log's
     * segments off it; the segments go back to the pool; the version shows the tables; the memtable's
     * slot is free once nobody reads it. A crash in between leaves files that are not on record.
     *
     * The reserve is lent to the flushes behind a trim, and to another only while they succeed: what
     * was not trimmed needs as much room as it gives back.
     */

    /**
     * What a flusher works on.
     *
     * @param room memory for a table's writer, owned by the caller
     */
    public record Parts(
            Versions versions,
            Manifest manifest,
            TableStore tables,
            LiveSegments live,
            SegmentPool segments,
            MemtablePool memtables,
            FlushPatience patience,
            Region room) {}

    private final Parts parts;
    private final MemtableWriter writer;

    private final AtomicBoolean reserveWanted = new AtomicBoolean();
    private volatile boolean stopping;
    private volatile StoreException.@Nullable Full shortage;
    private final AtomicLong flushes = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private volatile double bytesPerNano;

    // confined to the step
    private boolean mayUseReserve;
    private boolean flushedOnReserve;

    /** A flusher with nothing under way. */
    public Flusher(Parts parts) {
        this.parts = parts;
        this.writer =
                new MemtableWriter(
                        parts.tables(), parts.room().memory(), new TrimPoints(parts.versions()));
    }

    /**
     * One pass of the step: flushes one memtable, or makes a slot ready.
     *
     * @param asked whether somebody waits for what is sealed
     */
    public boolean run(boolean asked) {
        boolean reclaimed = parts.versions().reclaim();
        if (stopping) {
            return false;
        }
        mayUseReserve |= reserveWanted.getAndSet(false);
        List<Memtable> sealed = parts.versions().current().sealed();
        if (sealed.isEmpty() || !(asked || isShortOfSpace() || parts.patience().isOver())) {
            mayUseReserve = false;
            boolean wasLent = parts.segments().giveBackReserve();
            return parts.memtables().prepare() || reclaimed || wasLent;
        }
        long startNanos = System.nanoTime();
        try {
            Memtable oldest = sealed.getLast();
            long oldestBytes = oldest.usedBytes();
            flush(oldest);
            noteRate(oldestBytes, System.nanoTime() - startNanos);
            flushedOnReserve = true;
            return true;
        } catch (StoreException.Full e) {
            return afterShortage(e);
        }
    }

    private boolean isShortOfSpace() {
        return shortage != null || parts.segments().shortage() != null;
    }

    /** Whether to try again, now that the reserve is lent. */
    private boolean afterShortage(StoreException.Full full) {
        if (mayUseReserve && parts.segments().tryLendReserve(full)) {
            flushedOnReserve = false;
            return true;
        }
        if (parts.segments().giveBackReserve()) {
            mayUseReserve = flushedOnReserve;
        }
        shortage = full;
        return false;
    }

    /** Lets the flushes from now on use the room in reserve, if there is no other. Thread-safe. */
    public void useReserve() {
        reserveWanted.set(true);
    }

    /**
     * Flushes the oldest sealed memtable. For the step, and for whoever has the store alone.
     *
     * @throws StoreException.Full when there is no room; nothing was changed
     */
    public void flush(Memtable memtable) {
        List<TableEntry> entries = new ArrayList<>();
        List<Table> tables = new ArrayList<>();
        List<Long> segments = parts.live().through(memtable.lastSequence());
        boolean recorded = false;
        try {
            for (RecordKind kind : RecordKind.values()) {
                List<TableEntry> row = writer.write(memtable, kind);
                tables.addAll(parts.tables().openAll(row));
                entries.addAll(row);
            }
            parts.manifest().append(edits(memtable, entries, segments));
            recorded = true;
        } catch (StoreException.Failed e) {
            recorded = true; // for all we know: opening the store will tell
            tables.forEach(Table::close);
            throw e;
        } finally {
            if (!recorded) {
                parts.tables().delete(tables);
            }
        }
        parts.segments().takeBack(parts.live().removeFirst(segments.size()));
        parts.versions().flushed(memtable, tables);
        shortage = null;
        flushes.lazySet(flushes.get() + 1);
        entries.forEach(entry -> bytes.lazySet(bytes.get() + entry.sizeBytes()));
    }

    private List<Edit> edits(Memtable memtable, List<TableEntry> entries, List<Long> segments) {
        List<Edit> edits = new ArrayList<>();
        entries.forEach(entry -> edits.add(new Edit.AddTable(entry)));
        edits.add(new Edit.Flushed(memtable.lastSequence()));
        edits.add(new Edit.LogStart(parts.live().startPositionWithout(segments.size())));
        segments.forEach(number -> edits.add(new Edit.DropSegment(number)));
        return edits;
    }

    private void noteRate(long flushedBytes, long nanos) {
        double rate = (double) flushedBytes / Math.max(1, nanos);
        bytesPerNano = bytesPerNano == 0 ? rate : (bytesPerNano + rate) / 2;
    }

    /** How fast memtables were flushed lately; 0 before the first. */
    public double bytesPerNano() {
        return bytesPerNano;
    }

    /** Lets the step do nothing more once it has flushed what it is at. */
    public void stop() {
        stopping = true;
    }

    /** Why the oldest sealed memtable could not be flushed, or null. */
    public StoreException.@Nullable Full shortage() {
        return shortage;
    }

    /** Memtables flushed. */
    public long flushes() {
        return flushes.get();
    }

    /** Bytes of the tables written. */
    public long bytes() {
        return bytes.get();
    }
}
