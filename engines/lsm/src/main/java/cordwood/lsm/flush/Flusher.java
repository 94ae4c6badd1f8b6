package cordwood.lsm.flush;

import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.RunLength;
import cordwood.lsm.format.Shortages;
import cordwood.lsm.format.StorageFailures;
import cordwood.lsm.manifest.Edit;
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

/** The step that turns sealed memtables into tables, the oldest first. */
public final class Flusher {

    /*
     * Order: the tables are complete and synced; one edit puts them on record and takes the log's
     * segments off it; the version shows the tables; the memtable's slot is free once nobody reads it;
     * the segments go back to the pool. A crash in between leaves files that are not on record.
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
            TableStore tables,
            LiveSegments live,
            SegmentPool segments,
            MemtablePool memtables,
            FlushDebt debt,
            TrimHold trimHold,
            Shortages shortages,
            Region room) {}

    private final Parts parts;
    private final MemtableWriter writer;

    private final AtomicBoolean reserveWanted = new AtomicBoolean();
    private volatile boolean stopping;
    private volatile boolean freeing; // changed by the step only
    private final AtomicLong flushes = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    // confined to the step
    private long flushedSequence; // since the store was opened
    private boolean mayUseReserve;
    private boolean flushedOnReserve;

    /** A flusher with nothing under way. */
    public Flusher(Parts parts) {
        this.parts = parts;
        this.writer =
                new MemtableWriter(
                        parts.tables(),
                        parts.room().memory(),
                        new TrimPoints(parts.versions(), parts.trimHold()));
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
        if (reserveWanted.get()) {
            freeing = true;
            mayUseReserve = true;
            reserveWanted.set(false);
        }
        List<Memtable> sealed = parts.versions().current().sealed();
        if (sealed.isEmpty()
                || !(asked || parts.shortages().isSpaceShort() || parts.debt().isFlushDue())) {
            mayUseReserve = false;
            boolean wasLent = parts.segments().giveBackReserve();
            boolean gaveBack = sealed.isEmpty() && giveSegmentsBack();
            freeing = false;
            return parts.memtables().prepare() || reclaimed || wasLent || gaveBack;
        }
        long startNanos = System.nanoTime();
        try {
            Memtable oldest = sealed.getLast();
            long oldestBytes = oldest.usedBytes();
            flush(oldest);
            parts.debt().flushed(oldestBytes, System.nanoTime() - startNanos);
            flushedOnReserve = true;
            return true;
        } catch (RuntimeException e) {
            return afterShortage(StorageFailures.refusal(e));
        }
    }

    /** Whether to try again, now that the reserve is lent. */
    private boolean afterShortage(StoreException refusal) {
        boolean isFull = refusal instanceof StoreException.Full;
        if (isFull && mayUseReserve && parts.segments().tryLendReserve(refusal)) {
            flushedOnReserve = false;
            return true;
        }
        boolean wasLent = parts.segments().giveBackReserve();
        if (wasLent) {
            mayUseReserve = flushedOnReserve;
        }
        freeing = wasLent && mayUseReserve;
        parts.shortages().note(Shortages.Of.FLUSHES, refusal);
        return false;
    }

    /** Lets the flushes from now on use the room in reserve, if there is no other. Thread-safe. */
    public void useReserve() {
        reserveWanted.set(true);
    }

    /** Whether flushes behind a trim are asked for or under way. Thread-safe. */
    public boolean isFreeing() {
        return reserveWanted.get() || freeing;
    }

    /**
     * Flushes the oldest sealed memtable. For the step, and for whoever has the store alone.
     *
     * @throws StoreException of kind Full or Busy when it is refused; nothing was changed
     */
    public void flush(Memtable memtable) {
        try {
            writeAndRecord(memtable);
        } catch (RuntimeException e) {
            throw StorageFailures.ofBackgroundWork(e);
        }
    }

    private void writeAndRecord(Memtable memtable) {
        List<Long> segments = parts.live().through(memtable.lastSequence());
        Runnable release = memtable::release;
        List<TableEntry> entries = write(memtable);
        List<Table> tables = parts.tables().record(entries, edits(memtable, segments));
        flushedSequence = memtable.lastSequence();
        try {
            parts.versions().flushed(memtable, tables, release);
            takeBack(segments.size());
        } catch (Error e) {
            throw StorageFailures.ofSecondHalf(e);
        }
        parts.shortages().end(Shortages.Of.FLUSHES);
        flushes.lazySet(flushes.get() + 1);
        entries.forEach(entry -> bytes.lazySet(bytes.get() + entry.sizeBytes()));
    }

    /** Segments that ended since the last flush, with all that is in them in tables. */
    private boolean giveSegmentsBack() {
        List<Long> segments = parts.live().through(flushedSequence);
        if (segments.isEmpty()) {
            return false;
        }
        try {
            parts.tables().record(List.of(), drops(segments));
        } catch (RuntimeException e) {
            StorageFailures.refusal(e); // later, then
            return false;
        }
        try {
            takeBack(segments.size());
        } catch (Error e) {
            throw StorageFailures.ofSecondHalf(e);
        }
        return true;
    }

    private void takeBack(int count) {
        for (int i = 0; i < count; i++) {
            parts.segments().takeBack(parts.live().first());
            parts.live().removeFirst();
        }
    }

    private List<TableEntry> write(Memtable memtable) {
        List<TableEntry> entries = new ArrayList<>();
        boolean all = false;
        try {
            for (RecordKind kind : RecordKind.values()) {
                for (RunLength runs : RunLength.values()) {
                    entries.addAll(writer.write(memtable, kind, runs));
                }
            }
            all = true;
        } catch (OutOfMemoryError e) {
            throw StorageFailures.ofHeap(e);
        } finally {
            if (!all) {
                parts.tables().discard(entries);
            }
        }
        return entries;
    }

    private List<Edit> edits(Memtable memtable, List<Long> segments) {
        List<Edit> edits = new ArrayList<>();
        edits.add(new Edit.Flushed(memtable.lastSequence()));
        edits.addAll(drops(segments));
        return edits;
    }

    private List<Edit> drops(List<Long> segments) {
        List<Edit> edits = new ArrayList<>();
        edits.add(new Edit.LogStart(parts.live().startPositionWithout(segments.size())));
        segments.forEach(number -> edits.add(new Edit.DropSegment(number)));
        return edits;
    }

    /** Lets the step do nothing more once it has flushed what it is at. */
    public void stop() {
        stopping = true;
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
