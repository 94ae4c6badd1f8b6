package cordwood.bench.write;

import cordwood.bench.payload.PayloadPlaces;
import cordwood.bench.payload.PayloadPool;
import cordwood.bench.run.RunControl;
import cordwood.bench.run.WriteThroughputConfig;
import cordwood.bench.workload.BenchSpaces;
import cordwood.store.Commit;
import cordwood.store.Durability;
import cordwood.store.StoreException;
import cordwood.store.StreamBounds;
import cordwood.store.StreamCursor;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes many streams of a store, a batch's records each to the stream whose turn it is, and trims
 * behind them in the same batch where that is asked for.
 */
final class StreamClient extends ClosedLoop<StreamClient.BatchSlot> {

    /** One batch under way; its encoding is used again. */
    static final class BatchSlot extends ClosedLoop.Slot {
        private final WriteBatch batch;
        private @Nullable Commit commit;

        BatchSlot(WriteBatch batch) {
            this.batch = batch;
        }
    }

    private static final long FIRST_POSITION = 1;

    private final StreamStore store;
    private final PayloadPool pool;
    private final PayloadPlaces places;
    private final Durability durability;
    private final TrimLag trimLag;
    private final StreamChoice choice;
    private final BatchSlot[] slots;
    private final long firstTail;

    // confined to the owner
    private final long[] tails; // by stream less 1
    private @Nullable Commit newest;

    StreamClient(
            StreamStore store, WriteThroughputConfig config, PayloadPool pool, RunControl control) {
        BatchSlot[] slots = new BatchSlot[config.inFlight()];
        super(slots, new RateLimit(config.pattern().recordsPerSecond(), 1), control);
        this.store = store;
        this.pool = pool;
        this.places = pool.places();
        this.durability = config.durability();
        this.trimLag = new TrimLag(config.pattern().trimLagRecords());
        this.slots = slots;
        int streamCount = config.pattern().streamCount();
        this.choice = new StreamChoice(streamCount, config.pattern().skew(), pool.summary().seed());
        this.tails = tails(store, streamCount);
        this.firstTail = Arrays.stream(tails).max().orElse(FIRST_POSITION);
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new BatchSlot(store.newBatch());
        }
    }

    private static long[] tails(StreamStore store, int streamCount) {
        long[] tails = new long[streamCount];
        Arrays.fill(tails, FIRST_POSITION);
        try (StreamCursor streams = store.streams(BenchSpaces.STREAMS)) {
            while (streams.next()) {
                long stream = streams.stream();
                if (stream > BenchSpaces.NOTES && stream <= streamCount) {
                    StreamBounds bounds = store.bounds(BenchSpaces.STREAMS, stream);
                    long last = bounds.isEmpty() ? 0 : bounds.last();
                    tails[(int) stream - 1] = Math.max(last, bounds.trimmedTo()) + 1;
                }
            }
        }
        return tails;
    }

    /** The highest tail found; 1 when every stream was empty. */
    long firstTail() {
        return firstTail;
    }

    @Override
    boolean submit(BatchSlot slot, long recordsMax) {
        int count = (int) Math.min(recordsMax, places.recordsPerBatch());
        WriteBatch batch = slot.batch;
        try {
            batch.clear();
            slot.bodyBytes = 0;
            for (int i = 0; i < count; i++) {
                slot.bodyBytes += put(batch);
            }
            if (newest != null) {
                batch.onlyAfter(newest); // a refusal in the middle leaves no hole
            }
            slot.recordCount = count;
            newest = store.append(batch, durability);
            slot.commit = newest;
            return true;
        } catch (StoreException e) {
            control.fail("a batch of %d records was refused: %s".formatted(count, e.getMessage()));
            return false;
        }
    }

    private long put(WriteBatch batch) {
        int stream = choice.next();
        long position = tails[stream - 1]++;
        MemorySegment body = pool.record(places.indexAt(stream, position)).body();
        batch.put(BenchSpaces.STREAMS, stream, position, body);
        long trimPoint = trimLag.trimPoint(stream, position - 1, position);
        if (trimPoint != TrimLag.NOTHING) {
            batch.trim(BenchSpaces.STREAMS, stream, trimPoint);
        }
        return body.byteSize();
    }

    @Override
    boolean await(BatchSlot slot, long deadlineNanos, boolean timed) {
        Commit commit = Objects.requireNonNull(slot.commit);
        if (timed) {
            return commit.await(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        }
        try {
            commit.await();
        } catch (StoreException _) {
            return true; // land says so
        }
        return true;
    }

    @Override
    boolean land(BatchSlot slot) {
        StoreException failure = Objects.requireNonNull(slot.commit).failure();
        if (failure != null) {
            control.fail(
                    "a batch of %d records failed: %s"
                            .formatted(slot.recordCount, failure.getMessage()));
        }
        return failure == null;
    }

    /** Frees the batches; none is under way between phases. */
    void close() {
        for (BatchSlot slot : slots) {
            slot.batch.close();
        }
    }
}
