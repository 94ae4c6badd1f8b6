package cordwood.lsm;

import cordwood.lsm.commit.BackgroundFailures;
import cordwood.lsm.commit.LogCommitter;
import cordwood.lsm.flush.Requests;
import cordwood.lsm.flush.Retention;
import cordwood.lsm.format.Shortages;
import cordwood.lsm.format.StorageFailures;
import cordwood.lsm.manifest.ManifestState;
import cordwood.lsm.memtable.Memtable;
import cordwood.store.GroupCommitter;
import cordwood.store.StepExecutor;
import cordwood.store.StoreException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The background steps of an open store, and who wakes whom. Thread-safe. */
final class Background implements LogCommitter.Background {

    /** What a merge wrote before it was refused is lost: it is not tried again at every tick. */
    private static final int TICKS_PER_MERGE = 20;

    private final StoreParts parts;
    private final BackgroundFailures failures;
    private final Requests flushes;
    private final Requests compactions;
    private final Retention retention;
    private final CheckpointRequests checkpoints = new CheckpointRequests();
    private final Runnable ticking = this::tick;
    private final StoreException.Closed closed = new StoreException.Closed("the store is closed");

    // set once, while the store is opened; nobody is woken before
    private volatile StepExecutor.@Nullable Handle flushing;
    private volatile StepExecutor.@Nullable Handle preparing;
    private volatile StepExecutor.@Nullable Handle compacting;
    private volatile StepExecutor.@Nullable Handle copying;
    private volatile @Nullable GroupCommitter committer;

    // whether the preparing step was asked and has not answered yet
    private volatile boolean segmentsWanted;
    private volatile boolean isPreparing;

    private int ticksSinceMerge; // confined to the upkeep thread

    Background(
            StoreParts parts,
            BackgroundFailures failures,
            Requests flushes,
            Requests compactions,
            Retention.Log log) {
        this.parts = parts;
        this.retention =
                new Retention(
                        parts.settings().retention().bytes(),
                        parts.versions(),
                        parts.trimHold(),
                        log,
                        this::wantCompaction);
        this.failures = failures;
        this.flushes = flushes;
        this.compactions = compactions;
    }

    void start(StepExecutor steps) {
        failures.whenNoted(this::failed);
        parts.memory().addUpkeep(ticking);
        parts.versions().whenReclaimable(this::wantFlush);
        flushing = steps.start("lsm-flush", guarded(this::flush));
        preparing = steps.start("lsm-wal", guarded(this::prepare));
        compacting = steps.start("lsm-compact", guarded(this::compact));
        copying = steps.start("lsm-checkpoint", guarded(this::makeCheckpoint));
        wantFlush();
        wantSegments();
        wake(compacting);
    }

    private StepExecutor.Step guarded(StepExecutor.Step step) {
        return failures.guard(parts.share().lentTo(step));
    }

    void attach(GroupCommitter to) {
        committer = to;
    }

    private boolean flush() {
        long lastAsked = flushes.lastNumber();
        boolean worked = parts.flusher().run(flushes.hasAny());
        StoreException shortage = parts.shortages().of(Shortages.Of.FLUSHES);
        if (shortage != null) {
            flushes.fail(shortage, lastAsked);
        }
        flushes.complete(parts.manifest().read(ManifestState::flushedSequence));
        if (worked) {
            wakeCommitter();
            wantSegments();
            wake(compacting);
        } else if (parts.shortages().isSpaceShort() || parts.memtables().noneWillCome()) {
            wakeCommitter(); // whoever waits for memory is refused now
            wantSegments(); // and the reserve may be back
        }
        return worked;
    }

    /** At every tick: begins flushes once it is quiet, and has what was refused tried again. */
    private void tick() {
        boolean isQuiet = parts.debt().look();
        if (isQuiet || parts.shortages().of(Shortages.Of.FLUSHES) != null) {
            wantFlush();
        }
        if (parts.compaction().quiet(isQuiet) || parts.compaction().isLookDue()) {
            wake(compacting);
        }
        if (failures.takeFullHeap()) {
            boolean woken = false;
            try {
                wakeAll();
                woken = true;
            } finally {
                if (!woken) {
                    failures.noteFullHeap();
                }
            }
        }
        if (parts.shortages().of(Shortages.Of.SEGMENTS) != null) {
            wantSegments();
        }
        if ((parts.shortages().of(Shortages.Of.MERGES) != null || retention.isPutOff())
                && ++ticksSinceMerge % TICKS_PER_MERGE == 0) {
            wake(compacting);
        }
    }

    private void wakeAll() {
        wantFlush();
        wantSegments();
        wake(compacting);
        wakeCommitter();
    }

    private boolean prepare() {
        boolean worked = false;
        isPreparing = true;
        segmentsWanted = false;
        try {
            worked = parts.segments().prepare() || recordMilestones();
        } finally {
            isPreparing = worked; // then it is run again
        }
        wakeCommitter();
        if (worked && parts.shortages().of(Shortages.Of.FLUSHES) != null) {
            wantFlush(); // there may be room again
        }
        return worked;
    }

    /** Where it is refused, at the next occasion: then the log proves less of itself meanwhile. */
    private boolean recordMilestones() {
        try {
            return parts.register().recordDue();
        } catch (RuntimeException e) {
            StorageFailures.refusal(e);
            return false;
        }
    }

    private boolean compact() {
        boolean wanted = compactions.isWanted();
        if (wanted) {
            compactAll();
        }
        boolean trimmed = retention.run();
        boolean worked = parts.compaction().run() || wanted || trimmed;
        if (worked) {
            wakeCommitter(); // a slot may have been let go of
        }
        if (worked && parts.shortages().of(Shortages.Of.FLUSHES) != null) {
            wantFlush(); // there may be room again
        }
        if (worked && parts.shortages().of(Shortages.Of.SEGMENTS) != null) {
            wantSegments();
        }
        return worked;
    }

    private void compactAll() {
        long lastAsked = compactions.cover(0);
        try {
            if (parts.compaction().compactAll()) {
                compactions.complete(0);
            } // else whoever waits is told that the store is closed
        } catch (RuntimeException e) {
            compactions.fail(StorageFailures.refusal(e), lastAsked);
        }
    }

    private void failed(StoreException.Failed failure) {
        flushes.fail(failure);
        compactions.fail(failure);
        checkpoints.end(failure);
        wakeCommitter();
    }

    @Override
    public void wantSegments() {
        segmentsWanted = true;
        wake(preparing);
    }

    @Override
    public void wantFlush() {
        wake(flushing);
    }

    @Override
    public void trimmed() {
        parts.compaction().trimmed();
        wake(compacting);
        if (parts.shortages().isSpaceShort()) {
            parts.flusher().useReserve();
            wantFlush();
        }
    }

    @Override
    public boolean mayBringSegment() {
        return segmentsWanted || isPreparing || parts.flusher().isFreeing();
    }

    @Override
    public boolean flushOldest(boolean forTrims) {
        List<Memtable> sealed = parts.versions().current().sealed();
        if (sealed.isEmpty()) {
            return false;
        }
        Runnable flush = () -> parts.flusher().flush(sealed.getLast());
        return parts.share()
                .lentTo(() -> {
                    if (forTrims) {
                        parts.segments().lendReserveTo(flush);
                    } else {
                        flush.run();
                    }
                    return true;
                })
                .run();
    }

    private boolean makeCheckpoint() {
        return checkpoints.serve(parts.checkpointer()::make);
    }

    /**
     * Asks for a copy of the tables on record.
     *
     * @param whenCut run once it is settled what is in it; perhaps never
     */
    CompletableFuture<Void> checkpoint(Path target, Runnable whenCut) {
        CompletableFuture<Void> done = checkpoints.add(target, whenCut);
        wake(copying);
        return done;
    }

    void wantCompaction() {
        wake(compacting);
    }

    private void wakeCommitter() {
        GroupCommitter present = committer;
        if (present != null) {
            present.wake();
        }
    }

    private static void wake(StepExecutor.@Nullable Handle step) {
        if (step != null) {
            step.wake();
        }
    }

    /**
     * Ends the steps; a flush under way is finished, a merge or checkpoint given up. Needs no heap
     * until they have ended: one that went on would work on files that are closed.
     */
    void close() {
        parts.flusher().stop();
        parts.compaction().stop();
        parts.checkpointer().stop();
        end(flushing);
        end(compacting);
        end(copying);
        end(preparing);
        try {
            parts.memory().removeUpkeep(ticking);
        } finally {
            flushes.end(closed);
            compactions.end(closed);
            checkpoints.end(closed);
        }
    }

    private static void end(StepExecutor.@Nullable Handle step) {
        if (step != null) {
            step.close();
        }
    }
}
