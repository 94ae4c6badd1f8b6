package cordwood.bench.write;

import cordwood.bench.payload.PayloadPlaces;
import cordwood.bench.payload.PayloadPool;
import cordwood.bench.run.RunControl;
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
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The sequencer of one loglet: stores batches one after another, and trims behind them where that
 * is asked for. Replies come on the worker's thread, which marks the slot and wakes the owner if it
 * sleeps.
 */
final class LogletClient extends ClosedLoop<LogletClient.StoreSlot> {

    /** Who every bench client is; the same for ever, so that a kept directory can be continued. */
    static final NodeId SEQUENCER = new NodeId(1, 1);

    /** One store under way. */
    final class StoreSlot extends ClosedLoop.Slot implements ReplyTo {
        // confined to the owner
        private long firstOffset;

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
    private final PayloadPlaces places;
    private final TrimLag trimLag;
    private final long[] batchBytes;

    // confined to the owner
    private long nextOffset;
    private long acknowledgedTail;

    private volatile boolean sleeping;
    private volatile @Nullable Thread owner;

    /**
     * @param limit this client's part of the rate
     * @param tail the offset of the first record to store
     */
    LogletClient(
            LogletWorker worker,
            PayloadPool pool,
            int inFlight,
            RateLimit limit,
            TrimLag trimLag,
            long tail,
            RunControl control) {
        StoreSlot[] slots = new StoreSlot[inFlight];
        super(slots, limit, control);
        for (int i = 0; i < inFlight; i++) {
            slots[i] = new StoreSlot();
        }
        this.worker = worker;
        this.pool = pool;
        this.places = pool.places();
        this.trimLag = trimLag;
        this.nextOffset = tail;
        this.acknowledgedTail = tail;
        this.batchBytes = new long[pool.batchCount()];
        for (int i = 0; i < batchBytes.length; i++) {
            batchBytes[i] = PayloadPool.bodyBytes(pool.batch(i));
        }
    }

    @Override
    void own() {
        owner = Thread.currentThread();
    }

    @Override
    boolean submit(StoreSlot slot, long recordsMax) {
        int index = places.indexAt(worker.logletId(), nextOffset);
        int batch = index / places.recordsPerBatch();
        int first = index % places.recordsPerBatch();
        List<LogRecord> payloads = pool.batch(batch);
        long bytes = batchBytes[batch];
        int count = (int) Math.min(recordsMax, payloads.size() - first);
        if (count < payloads.size()) {
            payloads = payloads.subList(first, first + count);
            bytes = PayloadPool.bodyBytes(payloads);
        }
        if (nextOffset + count - 1 > LogletOffset.LAST) {
            control.fail(
                    "loglet %d is full: its offsets end at %d"
                            .formatted(worker.logletId(), LogletOffset.LAST));
            return false;
        }
        slot.firstOffset = nextOffset;
        slot.recordCount = count;
        slot.bodyBytes = bytes;
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
        return true;
    }

    @Override
    boolean await(StoreSlot slot, long deadlineNanos, boolean timed) {
        while (slot.response == null) {
            sleeping = true;
            if (slot.response != null) {
                sleeping = false;
                return true;
            }
            if (!timed) {
                LockSupport.park(this);
                continue;
            }
            long leftNanos = deadlineNanos - System.nanoTime();
            if (leftNanos <= 0) {
                sleeping = false;
                return slot.response != null;
            }
            LockSupport.parkNanos(this, leftNanos);
        }
        return true;
    }

    @Override
    boolean land(StoreSlot slot) {
        Response response = Objects.requireNonNull(slot.response);
        slot.response = null;
        Status status = response.header().status();
        if (status != Status.OK) {
            control.fail(
                    "loglet %d answered the store of %d records at offset %d with %s"
                            .formatted(
                                    worker.logletId(), slot.recordCount, slot.firstOffset, status));
            return false;
        }
        long before = acknowledgedTail - 1;
        acknowledgedTail = slot.firstOffset + slot.recordCount;
        long trimPoint = trimLag.trimPoint(worker.logletId(), before, acknowledgedTail - 1);
        if (trimPoint != TrimLag.NOTHING) {
            trim(trimPoint);
        }
        return true;
    }

    private void trim(long to) {
        RequestHeader header = new RequestHeader(worker.logletId(), acknowledgedTail);
        worker.submit(
                SEQUENCER,
                new Request.Trim(header, to),
                answer -> {
                    if (answer.header().status() != Status.OK) {
                        control.fail(
                                "loglet %d answered the trim to offset %d with %s"
                                        .formatted(
                                                worker.logletId(), to, answer.header().status()));
                    }
                });
    }
}
