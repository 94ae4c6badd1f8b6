package cordwood.lsm;

import cordwood.store.Commit;
import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.LocalStore;
import cordwood.store.Order;
import cordwood.store.Space;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.FullHeap;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The process of {@link FullHeapTest}: fills the heap again and again for some milliseconds, while
 * others write and stores are opened; says what it did, or ends with status 3.
 */
final class FullHeapProcess {

    private static final Space SPACE = new Space(3, "test");
    private static final long HANG_NANOS = 240_000_000_000L;
    private static final long PAUSE_NANOS = 200_000;
    private static final int WRITERS = 4;
    private static final int COMMITS_AT_LEAST = 300;
    private static final int LEFT_BYTES_MAX = 1 << 20;

    private static final FullHeap HEAP = new FullHeap();

    private FullHeapProcess() {}

    static void main(String... arguments) throws InterruptedException {
        Path directory = Path.of(arguments[0]);
        int fills = Integer.parseInt(arguments[1]);
        SplittableRandom random = new SplittableRandom(Long.parseLong(arguments[2]));
        LocalStore store = open(directory);
        List<Writer> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            writers.add(new Writer(store, i));
        }
        writers.forEach(Writer::start);
        for (int i = 0; i < 2; i++) { // Java tries only once to link what has not run before
            awaitCommits(writers);
            store.flush();
            store.compact();
        }
        for (int i = 0; i < fills; i++) {
            fillHeapFor(random.nextInt(10_000_000), random.nextInt(20_000));
            LockSupport.parkNanos(random.nextInt(10_000_000));
        }
        awaitCommits(writers);
        store.flush(); // so that openings, which collect all the while, have little to recover
        awaitCommits(writers);
        for (Writer writer : writers) {
            writer.stop = true;
            writer.join();
        }
        store.close();
        open(directory).close(); // has what opening calls linked, which Java tries only once
        int refused = 0;
        int openings = Math.ceilDiv(fills, 4);
        for (int i = 0; i < openings; i++) {
            refused += isRefused(directory, random.nextInt(LEFT_BYTES_MAX)) ? 1 : 0;
        }
        try (LocalStore reopened = open(directory)) {
            writers.forEach(writer -> writer.requireAll(reopened));
        }
        System.out.println("%d of %d openings refused".formatted(refused, openings));
    }

    private static LocalStore open(Path directory) {
        return (LocalStore) new LsmProvider().open(options(directory));
    }

    private static StoreOptions options(Path directory) {
        return Fixtures.options(
                directory, StoreOptions.MEMORY_BUDGET_BYTES_MIN, "wal-segment-size", "64KiB");
    }

    /** Opens a store with so little heap left; whether there was too little. */
    private static boolean isRefused(Path directory, int leftBytes) {
        LsmProvider provider = new LsmProvider();
        StoreOptions options = options(directory);
        LocalStore store = null;
        try {
            HEAP.fill(leftBytes);
            store = (LocalStore) provider.open(options);
        } catch (StoreException.Busy _) {
            // as meant
        } finally {
            HEAP.release();
        }
        if (store != null) {
            store.close();
            return false;
        }
        open(directory).close();
        return true;
    }

    private static void fillHeapFor(long nanos, int leftBytes) {
        try {
            HEAP.fill(leftBytes);
            LockSupport.parkNanos(nanos);
        } catch (OutOfMemoryError _) {
            // it is full
        } finally {
            HEAP.release();
        }
    }

    private static void awaitCommits(List<Writer> writers) throws InterruptedException {
        for (Writer writer : writers) {
            int wanted = writer.committed.get() + COMMITS_AT_LEAST;
            await(writer, () -> writer.committed.get() >= wanted);
        }
    }

    private static void await(Writer writer, BooleanSupplier condition)
            throws InterruptedException {
        long startNanos = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (writer.failure != null || System.nanoTime() - startNanos > HANG_NANOS) {
                System.err.printf(
                        "writer %s after %d commits: %s%n",
                        writer.getState(), writer.committed.get(), writer.failure);
                System.exit(3);
            }
            Thread.sleep(1);
        }
    }

    /** Commits one record after the other, and outlasts whatever a full heap does to its calls. */
    private static final class Writer extends Thread {
        private final LocalStore store;
        private final int stream;
        private final AtomicInteger committed = new AtomicInteger();
        private volatile @Nullable Throwable failure;
        private volatile boolean stop;

        private Writer(LocalStore store, int stream) {
            super("writer " + stream);
            this.store = store;
            this.stream = stream;
            setDaemon(true);
        }

        @Override
        public void run() {
            try (WriteBatch batch = store.newBatch()) {
                while (!stop) {
                    write(batch);
                }
            } catch (StoreException e) {
                failure = e;
            }
        }

        private void write(WriteBatch batch) {
            Commit commit = null;
            try {
                batch.clear();
                int position = committed.get();
                batch.put(SPACE, stream, position, Bytes.random(position, 100));
                commit = store.append(batch, Durability.WRITTEN);
                commit.await();
                committed.incrementAndGet();
            } catch (OutOfMemoryError | StoreException.Busy _) {
                do {
                    LockSupport.parkNanos(PAUSE_NANOS); // which needs no heap
                } while (commit != null && !commit.isDone());
            }
        }

        private void requireAll(LocalStore reopened) {
            int found = 0;
            try (Cursor cursor = reopened.read(SPACE, stream, 0, Long.MAX_VALUE, Order.FORWARD)) {
                while (cursor.next()) {
                    found++;
                }
            }
            if (found < committed.get()) {
                throw new AssertionError(found + " of " + committed.get());
            }
        }
    }
}
