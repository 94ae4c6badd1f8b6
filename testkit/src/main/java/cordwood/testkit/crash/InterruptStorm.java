package cordwood.testkit.crash;

import cordwood.files.Disk;
import cordwood.store.Commit;
import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.Order;
import cordwood.store.StepExecutor;
import cordwood.store.StoreException;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import cordwood.testkit.Seed;
import cordwood.testkit.StoreUnderTest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Threads of both kinds write and read on a real disk while they are interrupted at random: the
 * store must not notice.
 */
public final class InterruptStorm {

    /**
     * What was run.
     *
     * @param interrupts how often a thread was interrupted
     * @param acknowledged records acknowledged meanwhile
     * @param reads walks over a stream meanwhile
     */
    public record Tally(int interrupts, long acknowledged, long reads) {}

    private static final int WRITERS = 4;
    private static final int READERS = 2;
    private static final long PAUSE_NANOS_MAX = 300_000;

    private final StreamStore store;
    private final List<AtomicLong> acknowledged = new ArrayList<>();
    private final AtomicLong reads = new AtomicLong();
    private volatile boolean over;
    private volatile @Nullable Throwable failure;

    private InterruptStorm(StreamStore store) {
        this.store = store;
        for (int i = 0; i < WRITERS; i++) {
            acknowledged.add(new AtomicLong(-1));
        }
    }

    /**
     * Interrupts so often.
     *
     * @param directory an empty one on a real file system
     */
    public static Tally run(StoreOpener opener, Path directory, Seed seed, int interrupts)
            throws InterruptedException {
        StepExecutor steps = StepExecutor.platformThreads();
        Tally tally;
        List<AtomicLong> acknowledged;
        try (StreamStore store = opener.open(Disk.real(), directory, steps, seed.value())) {
            InterruptStorm storm = new InterruptStorm(store);
            tally = storm.blow(seed.random(), interrupts);
            storm.requireAll(store);
            acknowledged = storm.acknowledged;
        }
        try (StreamStore store = opener.open(Disk.real(), directory, steps, seed.value())) {
            InterruptStorm after = new InterruptStorm(store);
            after.acknowledged.clear();
            after.acknowledged.addAll(acknowledged);
            after.requireAll(store);
        }
        return tally;
    }

    private Tally blow(SplittableRandom random, int interrupts) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < WRITERS + READERS; i++) {
            int index = i;
            SplittableRandom own = random.split();
            Runnable body = () -> work(index, own);
            threads.add(
                    i % 2 == 0 ? Thread.ofPlatform().start(body) : Thread.startVirtualThread(body));
        }
        for (int i = 0; i < interrupts && failure == null; i++) {
            threads.get(random.nextInt(threads.size())).interrupt();
            LockSupport.parkNanos(random.nextLong(PAUSE_NANOS_MAX));
        }
        over = true;
        for (Thread thread : threads) {
            if (!thread.join(Duration.ofMinutes(2))) {
                throw new Violation("a thread hangs after the interrupts ended: " + thread);
            }
        }
        if (failure != null) {
            throw new Violation("an interrupt became visible", failure);
        }
        long sum = 0;
        for (AtomicLong last : acknowledged) {
            sum += last.get() + 1;
        }
        return new Tally(interrupts, sum, reads.get());
    }

    private void work(int index, SplittableRandom random) {
        try {
            while (!over) {
                if (random.nextInt(3) == 0) {
                    Thread.interrupted();
                }
                if (index < WRITERS) {
                    write(index, random);
                } else {
                    read(random.nextInt(WRITERS));
                }
            }
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    private void write(int stream, SplittableRandom random) {
        long position = acknowledged.get(stream).get() + 1;
        Durability level = StoreUnderTest.level(random.nextInt(3));
        try (WriteBatch batch = store.newBatch()) {
            batch.put(Traffic.SPACE, stream, position, Operation.value(position, 200));
            Commit commit = store.append(batch, level);
            commit.await();
            acknowledged.get(stream).set(position);
        } catch (StoreException.Busy e) {
            // an interrupted wait for admission: try again
        }
    }

    private void read(int stream) {
        long expected = acknowledged.get(stream).get();
        long from = Math.max(0, expected - 50);
        requireStream(store, stream, from, expected);
        reads.incrementAndGet();
    }

    private void requireAll(StreamStore open) {
        for (int stream = 0; stream < WRITERS; stream++) {
            requireStream(open, stream, 0, acknowledged.get(stream).get());
        }
    }

    private static void requireStream(StreamStore open, int stream, long from, long to) {
        try (Cursor cursor = open.read(Traffic.SPACE, stream, from, to, Order.FORWARD)) {
            for (long position = from; position <= to; position++) {
                if (!cursor.next()
                        || cursor.position() != position
                        || Digests.value(cursor.value())
                                != Digests.value(Operation.value(position, 200))) {
                    throw new Violation(
                            "stream %d does not read as written at %d".formatted(stream, position));
                }
            }
        }
    }
}
