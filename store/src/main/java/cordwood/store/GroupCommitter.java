package cordwood.store;

import cordwood.store.StoreException.Outcome;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Turns batches appended by many threads into groups written by one step: whatever waits when a
 * pass begins, up to the limits, is one group with at most one sync. There is no timer; while one
 * group is written the next gathers.
 *
 * <p>Appending is thread-safe. The writer runs on the committing step only; waiters and listeners
 * are told on a second step, so that user code never runs between two groups.
 */
public final class GroupCommitter implements AutoCloseable {

    /**
     * Bounds of a committer.
     *
     * @param groupBytesMax most footprint bytes in a group; one larger batch is a group by itself
     * @param groupBatchesMax most batches in a group
     * @param inFlightBytesMax most footprint bytes accepted and not yet done; a batch counts at
     *     least its share of {@code inFlightBatchesMax}
     * @param inFlightBatchesMax most batches accepted and not yet done, a power of two
     * @param admissionTimeout how long an append waits for room
     */
    public record Limits(
            long groupBytesMax,
            int groupBatchesMax,
            long inFlightBytesMax,
            int inFlightBatchesMax,
            Duration admissionTimeout) {

        /** 4 MiB and 1,024 batches a group, 10 s of waiting, and the given bytes in flight. */
        public static Limits forInFlightBytes(long inFlightBytesMax) {
            return new Limits(4 << 20, 1_024, inFlightBytesMax, 8_192, Duration.ofSeconds(10));
        }
    }

    /** Made before the heap is full. */
    private final StoreException.Failed noHeap =
            new StoreException.Failed("writes stopped: the heap is full", Outcome.UNKNOWN, null);

    private final String name;
    private final GroupWriter writer;
    private final Limits limits;
    private final StepExecutor.Handle committing;
    private final StepExecutor.Handle notifying;

    // shared by appenders and the committing step
    private final CommitQueue queue;
    private final Admission admission;
    private volatile StoreException.@Nullable Failed failed;

    // confined to the committing step
    private final CommitGroup group = new CommitGroup();
    private final CommitGroup refusedTrims = new CommitGroup(); // written next, by themselves
    private int trimsTaken; // of those
    private @Nullable StoreException unmetCondition;

    // confined to the notifying step
    private @Nullable Commit telling;

    // the thread in a listener, or in the handler of what one threw; whoever reads himself wrote it
    private @Nullable Thread notifier;

    private volatile boolean isClosedByListener;

    // written by the committing step, read by anyone
    private final CompletionQueue completions = new CompletionQueue();
    private final AtomicLong writtenWatermark = new AtomicLong();
    private final AtomicLong durableWatermark = new AtomicLong();
    private final AtomicLong groupCount = new AtomicLong();
    private final AtomicLong batchCount = new AtomicLong();
    private final AtomicLong recordCount = new AtomicLong();
    private final AtomicLong valueBytes = new AtomicLong();

    /** Starts the two steps on {@code steps}; they end with {@link #close()}. */
    @SuppressWarnings("this-escape") // the steps find an empty queue until the first append
    public GroupCommitter(String name, GroupWriter writer, Limits limits, StepExecutor steps) {
        this.name = name;
        this.writer = writer;
        this.limits = limits;
        this.queue = new CommitQueue(limits.inFlightBatchesMax());
        this.admission = new Admission(limits);
        this.notifying =
                steps.start(
                        name + "-notify",
                        new GuardedStep(this::notifyOne, this::reportListenerFailure));
        boolean started = false;
        try {
            this.committing =
                    steps.start(
                            name + "-commit", new GuardedStep(this::commitGroup, this::stopByBug));
            started = true;
        } finally {
            if (!started) {
                notifying.close();
            }
        }
    }

    /** As {@link StreamStore#append}. */
    public Commit append(WriteBatch batch, Durability level) {
        return submit(batch, level, limits.admissionTimeout().toNanos());
    }

    /** As {@link StreamStore#tryAppend}. */
    public Commit tryAppend(WriteBatch batch, Durability level) {
        return submit(batch, level, 0);
    }

    private Commit submit(WriteBatch batch, Durability level, long waitNanos) {
        refuseIfFailed();
        Objects.requireNonNull(level, "level");
        batch.requireAppendable(this);
        long footprintBytes = batch.footprintBytes();
        long chargedBytes = admission.charge(footprintBytes);
        Commit commit = new Commit(this, batch, level, footprintBytes, chargedBytes);
        StackRoom.requireSome(); // a place in the queue that is taken and not filled stops it
        committing.requireStackToWake();
        batch.handOver(commit, this);
        boolean published = false;
        boolean admitted = false;
        try {
            admission.acquire(chargedBytes, waitNanos);
            admitted = true;
            refuseIfFailed();
            if (queue.offer(commit) == CommitQueue.SEALED) {
                throw new StoreException.Closed("the store is closed");
            }
            published = true;
        } finally {
            if (!published) {
                batch.handBack();
                if (admitted) {
                    admission.release(chargedBytes);
                }
            }
        }
        committing.wake();
        return commit;
    }

    private void refuseIfFailed() {
        StoreException.Failed first = failed;
        if (first != null) {
            throw first.again(Outcome.NOT_APPLIED);
        }
    }

    /** Tells that {@link GroupWriter#isReady} may be true again. Any thread, never blocks. */
    public void wake() {
        committing.wake();
    }

    /** The highest sequence that has reached a level. */
    public long watermark(Durability level) {
        return switch (level) {
            case BUFFERED, WRITTEN -> writtenWatermark.get();
            case DURABLE -> durableWatermark.get();
        };
    }

    /** What stopped writes for good; null while they go on. */
    public StoreException.@Nullable Failed failure() {
        return failed;
    }

    /** Adds the committer's figures to a snapshot. */
    public void report(StoreMetrics.Builder metrics) {
        metrics.set(Metric.COMMIT_GROUPS, groupCount.get())
                .set(Metric.COMMIT_BATCHES, batchCount.get())
                .set(Metric.COMMIT_RECORDS, recordCount.get())
                .set(Metric.COMMIT_VALUE_BYTES, valueBytes.get())
                .set(Metric.ADMISSION_WAIT_NANOS, admission.waitNanos())
                .set(Metric.ADMISSION_REFUSALS, admission.refusals())
                .set(Metric.IN_FLIGHT_BYTES, admission.inFlightBytes());
    }

    /** Completes what was accepted and stops; later appends are refused. Idempotent. */
    @Override
    public void close() {
        StackRoom.require();
        queue.seal();
        committing.wake();
        committing.close();
        if (!isClosedByListener) {
            notifying.wake();
            notifying.close();
        }
    }

    /** Whether a listener closes, which the notifying step runs: nobody is to wait for that. */
    void closedByListener(boolean byListener) {
        isClosedByListener = byListener;
    }

    /** In a listener that has closed: its step ends once everybody was told. */
    void endNotifying() {
        notifying.close();
    }

    String name() {
        return name;
    }

    private boolean commitGroup() {
        if (group.size() > 0) { // what ended writing came again before all were told
            StoreException.Failed first = failed;
            complete(first == null ? noHeap : first);
        }
        Commit next = peek();
        boolean mayWrite = failed == null; // what cannot be written need not wait for the writer
        try {
            if (mayWrite && !writer.isReady(next == null ? 0 : next.footprintBytes())) {
                return false;
            }
            gather();
        } catch (OutOfMemoryError _) {
            if (group.size() == 0) { // nothing was begun: heap will come back
                HeapPause.take();
                return true;
            }
        }
        if (group.size() == 0) {
            return queue.isAwaitingPublication();
        }
        StoreException failure = write();
        if (failure != null && !(failure instanceof StoreException.Failed)) {
            keepTrims();
        }
        complete(failure);
        return true;
    }

    /**
     * Trims free what others lack, so they do not share a refusal: they are written next, by
     * themselves.
     */
    private void keepTrims() {
        try {
            group.moveTrimsTo(refusedTrims);
        } catch (OutOfMemoryError _) {
            // then they are refused with the others
        }
    }

    /** What is to be written next: trims that were kept, then the queue. */
    private @Nullable Commit peek() {
        return hasKeptTrims() ? refusedTrims.commit(trimsTaken) : queue.peek();
    }

    private boolean hasKeptTrims() {
        return trimsTaken < refusedTrims.size();
    }

    private void remove() {
        if (!hasKeptTrims()) {
            queue.remove();
            return;
        }
        trimsTaken++;
        if (!hasKeptTrims()) {
            refusedTrims.clear();
            trimsTaken = 0;
        }
    }

    private void gather() {
        unmetCondition = null;
        boolean keptTrims = hasKeptTrims();
        Commit commit;
        while (group.size() < limits.groupBatchesMax()
                && hasKeptTrims() == keptTrims
                && (commit = peek()) != null) {
            StoreException unmet = failed == null ? commit.batch().unmetCondition() : null;
            if (unmet != null) {
                if (group.size() == 0) {
                    unmetCondition = unmet;
                    group.add(commit);
                    remove();
                }
                return;
            }
            boolean fits =
                    commit.footprintBytes() <= limits.groupBytesMax() - group.footprintBytes();
            if (!fits && group.size() > 0) {
                return;
            }
            group.add(commit);
            remove();
        }
    }

    private @Nullable StoreException write() {
        StoreException.Failed first = failed;
        if (first != null) {
            return first.again(Outcome.NOT_APPLIED);
        }
        if (unmetCondition != null) {
            return unmetCondition;
        }
        try {
            writer.write(group);
            return null;
        } catch (StoreException.Failed e) {
            stop(e);
            return e;
        } catch (StoreException e) {
            return e;
        }
    }

    /** Ends writing: what waits, and what comes, is failed from now on. */
    private void stop(StoreException.Failed because) {
        failed = because;
        writer.stopped(because);
    }

    /** The committing step threw: whoever waits is told of it, those of this group first. */
    private void stopByBug(Throwable bug) {
        StoreException.Failed first = failed;
        if (first == null) {
            first = ofThrown(bug);
            failed = first;
        }
        complete(first);
        writer.stopped(first);
    }

    private StoreException.Failed ofThrown(Throwable thrown) {
        try {
            return thrown instanceof OutOfMemoryError ? noHeap : ofBug(thrown);
        } catch (OutOfMemoryError _) {
            return noHeap;
        }
    }

    private static StoreException.Failed ofBug(Throwable bug) {
        return new StoreException.Failed("writes stopped by a bug: " + bug, Outcome.UNKNOWN, bug);
    }

    private void complete(@Nullable StoreException failure) {
        int size = group.size();
        if (failure == null) {
            long last = group.lastSequence();
            writtenWatermark.set(last);
            if (group.sync()) {
                durableWatermark.set(last);
            }
            groupCount.lazySet(groupCount.get() + 1);
            batchCount.lazySet(batchCount.get() + size);
            recordCount.lazySet(recordCount.get() + group.recordCount());
            valueBytes.lazySet(valueBytes.get() + group.valueBytes());
        }
        // before anybody learns that there is room: who waits for a commit may append the next at
        // once
        admission.release(group.takeCharge());
        boolean owed = false;
        for (int i = 0; i < size; i++) {
            Commit commit = group.commit(i);
            if (!commit.isDone() && commit.complete(failure)) {
                completions.offer(commit);
                owed = true;
            }
        }
        group.clear();
        if (owed) {
            notifying.wake();
        }
    }

    /**
     * Whether the calling thread is in a listener, and tells nobody else until that returns: it
     * must not wait for another commit, nor for the notifying step to end.
     */
    boolean isNotifying() {
        return Thread.currentThread().equals(notifier);
    }

    private boolean notifyOne() {
        Commit commit = telling != null ? telling : completions.poll();
        if (commit == null) {
            return false;
        }
        telling = commit; // again, where a full heap comes first, or a listener throws
        notifier = Thread.currentThread();
        commit.tellWaiters();
        notifier = null;
        telling = null;
        return true;
    }

    /** As an uncaught failure of the thread, which yet goes on: others wait for it to tell them. */
    private void reportListenerFailure(Throwable failure) {
        boolean vouched = StackRoom.vouch(false);
        try {
            Commit.reportUncaught(failure);
        } finally {
            StackRoom.vouch(vouched);
            notifier = null; // the handler may do what a listener may, and no more
        }
    }
}
