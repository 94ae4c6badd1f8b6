package cordwood.bench.run;

import cordwood.bench.measure.LatencyRecorder;
import cordwood.bench.payload.PayloadPool;
import cordwood.loglet.LogRecord;
import cordwood.loglet.LogletOffset;
import cordwood.loglet.LogletWorker;
import cordwood.loglet.NodeId;
import cordwood.loglet.ReplyTo;
import cordwood.loglet.Request;
import cordwood.loglet.RequestHeader;
import cordwood.loglet.Response;
import cordwood.loglet.Status;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The sequencer of one loglet: stores batches one after another, at most so many under way, and
 * begins the next when the oldest is answered (a closed loop).
 *
 * <p>Owned by the thread that runs its phases, one at a time. Replies come on the worker's thread,
 * which marks the slot and wakes the owner if it sleeps. A loglet answers stores in order, so the
 * owner waits for the oldest only; were an answer to overtake, it would be seen later than it came
 * and never sooner.
 */
final class LogletClient {

    /** Who every bench client is; the same for ever, so that a kept directory can be continued. */
    static final NodeId SEQUENCER = new NodeId(1, 1);

    /** One store under way. */
    private final class Slot implements ReplyTo {
        // confined to the owner
        private long submittedNanos;
        private long firstOffset;
        private int recordCount;
        private long bodyBytes;

        // set by the worker, cleared by the owner
        private volatile @Nullable Response response;

        @Override
        public void reply(Response answer) {
            response = answer;
            if (sleeping) {
                sleeping = false;
                LockSupport.unpark(owner);
            }
        }
    }

    private final LogletWorker worker;
    private final PayloadPool pool;
    private final RunControl control;
    private final LatencyRecorder latencies = new LatencyRecorder();
    private final Slot[] slots;
    private final long[] batchBytes;

    // confined to the owner
    private int poolIndex;
    private long nextOffset;
    private long acknowledgedTail;
    private int oldest;
    private int underWay;

    // written by the owner, read by the reporting thread
    private final AtomicLong recordCount = new AtomicLong();
    private final AtomicLong bodyBytes = new AtomicLong();
    private final AtomicLong batchCount = new AtomicLong();

    private volatile boolean sleeping;
    private volatile @Nullable Thread owner;

    /**
     * @param tail the offset of the first record to store
     * @param poolIndex the batch to begin with
     */
    LogletClient(
            LogletWorker worker,
            PayloadPool pool,
            int inFlight,
            long tail,
            int poolIndex,
            RunControl control) {
        this.worker = worker;
        this.pool = pool;
        this.control = control;
        this.nextOffset = tail;
        this.acknowledgedTail = tail;
        this.poolIndex = poolIndex;
        this.slots = new Slot[inFlight];
        for (int i = 0; i < inFlight; i++) {
            slots[i] = new Slot();
        }
        this.batchBytes = new long[pool.batchCount()];
        for (int i = 0; i < batchBytes.length; i++) {
            batchBytes[i] = PayloadPool.bodyBytes(pool.batch(i));
        }
    }

    /** Latencies from submit to the reply seen here. */
    LatencyRecorder latencies() {
        return latencies;
    }

    /** Records acknowledged since the client began. */
    long recordCount() {
        return recordCount.get();
    }

    /** Bytes of their bodies. */
    long bodyBytes() {
        return bodyBytes.get();
    }

    /** Batches acknowledged. */
    long batchCount() {
        return batchCount.get();
    }

    /** Writes a phase on the calling thread, until all of it is answered. */
    void run(WritePhase phase) {
        owner = Thread.currentThread();
        long left = phase.recordCount();
        boolean over = left == 0;
        while (true) {
            while (!over && underWay < slots.length) {
                long nowNanos = System.nanoTime();
                if (control.isStopped() || phase.isOver(nowNanos)) {
                    over = true;
                } else {
                    left -= submit(left, nowNanos);
                    over = left == 0;
                }
            }
            if (underWay == 0) {
                return;
            }
            acknowledgeOldest();
        }
    }

    private long submit(long recordsLeft, long nowNanos) {
        List<LogRecord> payloads = pool.batch(poolIndex);
        long bytes = batchBytes[poolIndex];
        if (++poolIndex == batchBytes.length) {
            poolIndex = 0;
        }
        if (payloads.size() > recordsLeft) {
            payloads = payloads.subList(0, (int) recordsLeft);
            bytes = PayloadPool.bodyBytes(payloads);
        }
        int count = payloads.size();
        if (nextOffset + count - 1 > LogletOffset.LAST) {
            control.fail(
                    "loglet %d is full: its offsets end at %d"
                            .formatted(worker.logletId(), LogletOffset.LAST));
            return recordsLeft;
        }
        int index = oldest + underWay;
        Slot slot = slots[index < slots.length ? index : index - slots.length];
        slot.submittedNanos = nowNanos;
        slot.firstOffset = nextOffset;
        slot.recordCount = count;
        slot.bodyBytes = bytes;
        underWay++;
        Request store =
                new Request.Store(
                        new RequestHeader(worker.logletId(), acknowledgedTail),
                        Request.Store.NO_TIMEOUT,
                        0,
                        nextOffset,
                        SEQUENCER,
                        payloads);
        nextOffset += count;
        worker.submit(SEQUENCER, store, slot);
        return count;
    }

    private void acknowledgeOldest() {
        Slot slot = slots[oldest];
        Response response = slot.response;
        if (response == null) {
            response = sleepUntilAnswered(slot);
        }
        long nanos = System.nanoTime() - slot.submittedNanos;
        slot.response = null;
        if (++oldest == slots.length) {
            oldest = 0;
        }
        underWay--;
        Status status = response.header().status();
        if (status != Status.OK) {
            control.fail(
                    "loglet %d answered the store of %d records at offset %d with %s"
                            .formatted(
                                    worker.logletId(), slot.recordCount, slot.firstOffset, status));
            return;
        }
        latencies.record(nanos);
        acknowledgedTail = slot.firstOffset + slot.recordCount;
        batchCount.lazySet(batchCount.getPlain() + 1);
        recordCount.lazySet(recordCount.getPlain() + slot.recordCount);
        bodyBytes.lazySet(bodyBytes.getPlain() + slot.bodyBytes);
    }

    private Response sleepUntilAnswered(Slot slot) {
        while (true) {
            sleeping = true;
            Response response = slot.response;
            if (response != null) {
                sleeping = false;
                return response;
            }
            LockSupport.park(this);
        }
    }
}
