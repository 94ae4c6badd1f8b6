package cordwood.lsm;

import cordwood.lsm.LsmEnvironment.RecoveryProgress;
import cordwood.lsm.flush.Flusher;
import cordwood.lsm.format.StretchScan;
import cordwood.lsm.memtable.Memtable;
import cordwood.lsm.memtable.MemtablePool;
import cordwood.lsm.read.Versions;
import cordwood.lsm.wal.Replay;
import cordwood.lsm.wal.SegmentPool;
import cordwood.memory.Account;
import cordwood.memory.Budget;
import cordwood.memory.BudgetExceeded;
import cordwood.memory.Chunks;
import cordwood.memory.Memory;
import cordwood.store.ByteSize;
import cordwood.store.StoreException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Consumer;

/**
 * Brings batches of the log back into memtables, and flushes the oldest when there is no room for
 * another, or little beside it: recovery needs no more memory than normal running.
 */
final class MemtableReplay implements Replay {

    /** Part of the budget for memtables and their index: the largest batch takes half as much. */
    private static final int HELD_DIVISOR = 2;

    private final Versions versions;
    private final MemtablePool memtables;
    private final Flusher flusher;
    private final SegmentPool segments;
    private final BackgroundShare share;
    private final Budget budget;
    private final Chunks chunks;
    private final Account largeAccount;
    private final long flushedSequence;
    private final Consumer<RecoveryProgress> told;

    private final StretchScan scan = new StretchScan();

    private Memtable target;
    private long place;
    private int bodyBytes;
    private long sequence;
    private long batches;
    private long flushedBatches;
    private long records;

    MemtableReplay(
            Versions versions,
            MemtablePool memtables,
            Flusher flusher,
            SegmentPool segments,
            BackgroundShare share,
            Memory memory,
            Account largeAccount,
            long flushedSequence,
            Consumer<RecoveryProgress> told) {
        this.versions = versions;
        this.memtables = memtables;
        this.flusher = flusher;
        this.segments = segments;
        this.share = share;
        this.budget = memory.budget();
        this.chunks = memory.chunks();
        this.largeAccount = largeAccount;
        this.flushedSequence = flushedSequence;
        this.told = told;
        this.target = versions.current().active();
    }

    @Override
    public MemorySegment room(int bytes, long ofSequence) {
        bodyBytes = bytes;
        sequence = ofSequence;
        target = versions.current().active();
        place = target.take(bytes, true);
        if (place < 0 && !target.isEmpty()) {
            target = nextMemtable();
            place = target.take(bytes, true);
        }
        if (place < 0) {
            place = takeOversize(bytes);
        }
        return target.segment(place).asSlice(Memtable.offset(place), bytes);
    }

    /**
     * Sees to it that a memtable that takes no more can be sealed: nothing could be written, or
     * flushed, ever after.
     */
    void settle() {
        Memtable active = versions.current().active();
        if (active.hasRoom(1, false)) {
            return;
        }
        try {
            nextMemtable();
        } catch (StoreException.Busy e) {
            long capBytes = budget.capBytes();
            throw active.memoryBytes() < capBytes / 2
                    ? e
                    : new StoreException.Invalid(
                            "the log has a batch that takes %s of memory: %s is too small a budget"
                                    .formatted(
                                            ByteSize.text(active.memoryBytes()),
                                            ByteSize.text(capBytes)));
        }
    }

    private Memtable nextMemtable() {
        boolean flushed = true;
        while (flushed && versions.current().memoryBytes() > budget.capBytes() / HELD_DIVISOR) {
            flushed = flushOldest();
        }
        Memtable fresh = memtables.tryTake();
        while (fresh == null && flushOldest()) {
            fresh = memtables.tryTake();
        }
        if (fresh == null) {
            throw new StoreException.Busy("no memory to recover into");
        }
        versions.seal(fresh);
        return fresh;
    }

    private boolean flushOldest() {
        List<Memtable> sealed = versions.current().sealed();
        if (sealed.isEmpty()) {
            return false;
        }
        return share.lentTo(
                        () -> {
                            segments.lendReserveTo(() -> flusher.flush(sealed.getLast()));
                            return true;
                        })
                .run();
    }

    private long takeOversize(int bytes) {
        while (true) {
            try {
                return target.takeOversize(chunks, largeAccount, bytes);
            } catch (BudgetExceeded e) {
                if (!flushOldest()) { // all that is left is what any store has
                    throw tooLarge(bytes);
                }
            }
        }
    }

    private static StoreException tooLarge(int bytes) {
        return new StoreException.Invalid(
                "the log has a batch of %,d bytes: opening this store takes a memory budget of %s"
                        .formatted(bytes, ByteSize.text(LsmSettings.budgetBytesFor(bytes))));
    }

    @Override
    public void accept() {
        batches++;
        if (sequence <= flushedSequence) {
            flushedBatches++;
            target.giveBack(place);
            return;
        }
        long bodyAt = Memtable.offset(place);
        scan.scan(target.segment(place), bodyAt, bodyAt + bodyBytes, (_, _) -> {});
        long before = target.recordCount();
        target.apply(place, bodyBytes, sequence);
        records += target.recordCount() - before;
    }

    @Override
    public void reject() {
        target.giveBack(place);
    }

    @Override
    public void progress(int doneSegments, int allSegments) {
        told.accept(new RecoveryProgress(doneSegments, allSegments, batches - flushedBatches));
    }

    long flushedBatches() {
        return flushedBatches;
    }

    long records() {
        return records;
    }
}
