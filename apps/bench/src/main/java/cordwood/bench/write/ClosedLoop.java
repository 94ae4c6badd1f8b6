package cordwood.bench.write;

import cordwood.bench.measure.LatencyRecorder;
import cordwood.bench.run.RunControl;
import cordwood.bench.workload.Counter;
import cordwood.bench.workload.Phase;
import cordwood.bench.workload.Tally;

/**
 * A client that has at most so many batches under way and begins the next when the oldest is
 * answered. Answers come in order, so it waits for the oldest only; were one to overtake, it would
 * be seen later than it came and never sooner.
 *
 * <p>Owned by the thread that runs its phases, one at a time.
 *
 * @param <S> what is known of a batch under way
 */
abstract class ClosedLoop<S extends ClosedLoop.Slot> {

    /** One batch under way; confined to the owner. */
    static class Slot {
        private long submittedNanos;

        /** Records in it. */
        int recordCount;

        /** Bytes of their bodies. */
        long bodyBytes;
    }

    private final S[] slots;
    private final RateLimit limit;
    private final LatencyRecorder latencies = new LatencyRecorder();
    private final Counter counter = new Counter();

    /** What ends the run. */
    final RunControl control;

    // confined to the owner
    private int oldest;
    private int underWay;

    ClosedLoop(S[] slots, RateLimit limit, RunControl control) {
        this.slots = slots;
        this.limit = limit;
        this.control = control;
    }

    /** A phase begins on the calling thread, which is the owner from here on. */
    void own() {}

    /**
     * Begins the next batch, and notes it in the slot.
     *
     * @param recordsMax most records it may have
     * @return whether it was begun; where it was not the control was told why
     */
    abstract boolean submit(S slot, long recordsMax);

    /** Waits for the answer, at most until a time where {@code timed}; whether it is there. */
    abstract boolean await(S slot, long deadlineNanos, boolean timed);

    /**
     * Takes the answer that is there; false where it is a refusal, of which the control is told.
     */
    abstract boolean land(S slot);

    /** Latencies from submit to the answer seen here. */
    final LatencyRecorder latencies() {
        return latencies;
    }

    /** What was acknowledged since the client began. */
    final Tally tally() {
        return counter.tally();
    }

    /** Runs a phase on the calling thread, until all of it is answered. */
    final void run(Phase phase) {
        own();
        long left = phase.recordCount();
        boolean over = left == 0;
        while (true) {
            boolean isDue = true;
            while (!over && isDue && underWay < slots.length) {
                long nowNanos = System.nanoTime();
                isDue = limit.isDue(nowNanos);
                if (control.isStopped() || phase.isOver(nowNanos)) {
                    over = true;
                } else if (isDue) {
                    left -= beginBatch(left, nowNanos);
                    over = left == 0 || control.isStopped();
                }
            }
            if (underWay > 0) {
                boolean mayBeginMore = !over && underWay < slots.length;
                acknowledgeOldest(mayBeginMore);
            } else if (over) {
                return;
            } else {
                limit.rest();
            }
        }
    }

    private long beginBatch(long recordsMax, long nowNanos) {
        int index = oldest + underWay;
        S slot = slots[index < slots.length ? index : index - slots.length];
        if (!submit(slot, recordsMax)) {
            return 0;
        }
        ((Slot) slot).submittedNanos = nowNanos;
        underWay++;
        limit.took(slot.recordCount, nowNanos);
        return slot.recordCount;
    }

    private void acknowledgeOldest(boolean untilDue) {
        S slot = slots[oldest];
        if (!await(slot, limit.dueNanos(), untilDue)) {
            return;
        }
        long nanos = System.nanoTime() - ((Slot) slot).submittedNanos;
        if (++oldest == slots.length) {
            oldest = 0;
        }
        underWay--;
        if (land(slot)) {
            latencies.record(nanos);
            counter.add(slot.recordCount, 1, slot.bodyBytes);
        }
    }
}
