package cordwood.bench.crash;

import cordwood.store.Commit;
import cordwood.store.Durability;
import cordwood.store.StoreException;
import cordwood.store.StreamBounds;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The process that is killed: writes streams through the contract at both levels, without end. It
 * tells what it is about to do before it does, and sends a receipt for everything that was
 * acknowledged: between the two lies what may be found.
 */
public final class KillWriter {

    private static final int WRITERS = 4;
    private static final int IN_FLIGHT_PER_WRITER = 16;
    private static final int BATCHES_PER_TRIM = 64;
    private static final int RECORDS_PER_BATCH_MAX = 8;
    private static final int RECORDS_AHEAD = 1_000;

    private final StreamStore store;
    private final KillPlan plan;
    private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
    private final AtomicReference<@Nullable StoreException> failure = new AtomicReference<>();

    /** A receipt on its way; somebody may wait until it is in the pipe. */
    private record Message(Receipt receipt, @Nullable CountDownLatch sent) {}

    private KillWriter(StreamStore store, KillPlan plan) {
        this.store = store;
        this.plan = plan;
    }

    /**
     * Writes until the process is killed, a write fails, or nobody reads the receipts any more.
     *
     * @param store opened by the caller, who closes it
     * @param seed of the values, the same for all processes that write in one directory
     * @param round chooses what is written when, different for each process
     * @throws StoreException when a write failed
     */
    public static void run(StreamStore store, long seed, long round, OutputStream out)
            throws IOException, InterruptedException {
        KillWriter writer = new KillWriter(store, new KillPlan(seed));
        SplittableRandom random = new SplittableRandom(round);
        for (int i = 0; i < WRITERS; i++) {
            int first = i;
            SplittableRandom own = random.split();
            Thread.ofVirtual().name("writer-" + i).start(() -> writer.write(first, own));
        }
        writer.sendReceipts(new DataOutputStream(new BufferedOutputStream(out)));
    }

    private void sendReceipts(DataOutputStream out) throws IOException, InterruptedException {
        Receipt.READY.write(out);
        out.flush();
        while (failure.get() == null) {
            Message message = messages.poll();
            if (message == null) {
                out.flush();
                message = messages.take();
            }
            message.receipt.write(out);
            if (message.sent != null) {
                out.flush();
                message.sent.countDown();
            }
        }
        out.flush();
        StoreException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
    }

    /** Writes the streams that leave this remainder. */
    private void write(int remainder, SplittableRandom random) {
        List<Tail> tails = new ArrayList<>();
        for (int stream = remainder; stream < KillPlan.STREAMS; stream += WRITERS) {
            StreamBounds bounds = store.bounds(KillPlan.SPACE, stream);
            tails.add(new Tail(stream, bounds.isEmpty() ? 0 : bounds.last() + 1));
        }
        Semaphore inFlight = new Semaphore(IN_FLIGHT_PER_WRITER);
        try {
            for (int i = 1; failure.get() == null; i++) {
                inFlight.acquire();
                append(tails, i % BATCHES_PER_TRIM == 0, random, inFlight);
            }
        } catch (StoreException e) {
            fail(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void append(List<Tail> tails, boolean trim, SplittableRandom random, Semaphore inFlight)
            throws InterruptedException {
        Durability level = random.nextBoolean() ? Durability.DURABLE : Durability.WRITTEN;
        List<Receipt> owed = new ArrayList<>();
        WriteBatch batch = store.newBatch();
        int streams = random.nextInt(4) == 0 ? 2 : 1;
        int first = random.nextInt(tails.size());
        for (int i = 0; i < streams; i++) {
            Tail tail = tails.get((first + i) % tails.size());
            tail.fill(batch, 1 + random.nextInt(RECORDS_PER_BATCH_MAX));
            owed.add(new Receipt(Receipt.Kind.ofPuts(level), tail.stream, tail.next - 1));
            if (trim && tail.next > KillPlan.KEPT_RECORDS) {
                long to = tail.next - KillPlan.KEPT_RECORDS;
                announce(new Receipt(Receipt.Kind.TRIM_AHEAD, tail.stream, to));
                batch.trim(KillPlan.SPACE, tail.stream, to);
                owed.add(new Receipt(Receipt.Kind.TRIMMED, tail.stream, to));
            }
        }
        store.append(batch, level).whenDone(commit -> done(commit, batch, owed, inFlight));
    }

    private void done(Commit commit, WriteBatch batch, List<Receipt> owed, Semaphore inFlight) {
        batch.close();
        StoreException failed = commit.failure();
        if (failed == null) {
            owed.forEach(receipt -> messages.add(new Message(receipt.of(commit), null)));
        } else {
            fail(failed);
        }
        inFlight.release();
    }

    private void fail(StoreException e) {
        failure.compareAndSet(null, e);
        messages.add(new Message(Receipt.READY, null)); // wakes the sender, who sees the failure
    }

    /** Returns once it is in the pipe: what follows may come to be after the kill. */
    private void announce(Receipt ahead) throws InterruptedException {
        CountDownLatch sent = new CountDownLatch(1);
        messages.add(new Message(ahead, sent));
        while (failure.get() == null && !sent.await(1, TimeUnit.SECONDS)) {
            // the pipe is full, or nobody sends any more
        }
    }

    /** Where a stream goes on; confined to its writer. */
    private final class Tail {
        private final int stream;
        private long next;
        private long announced;

        Tail(int stream, long next) {
            this.stream = stream;
            this.next = next;
            this.announced = next - 1;
        }

        void fill(WriteBatch batch, int records) throws InterruptedException {
            if (next + records - 1 > announced) {
                announced = next + records - 1 + RECORDS_AHEAD;
                announce(new Receipt(Receipt.Kind.PUTS_AHEAD, stream, announced));
            }
            for (int i = 0; i < records; i++) {
                batch.put(KillPlan.SPACE, stream, next, plan.value(stream, next));
                next++;
            }
            MemorySegment last = MemorySegment.ofArray(new long[] {next - 1});
            batch.attribute(KillPlan.SPACE, stream, KillPlan.LAST_POSITION, last.asReadOnly());
        }
    }
}
