package cordwood.memory.pool;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Threads allocate cells of mixed sizes, fill them with cookies, trade them with each other, and
 * verify the cookies when they free them; threads die, and what they leave is freed by others.
 */
final class PoolTorture {

    /** A cell on its way: whoever takes it verifies and frees it. */
    record Cell(long handle, int bytes, long cookie) {}

    private static final int TRADED = 512;
    private static final int OWN_MAX = 200;

    private final SmallPool pool;
    private final AtomicReferenceArray<Cell> traded = new AtomicReferenceArray<>(TRADED);
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong operations = new AtomicLong();
    private final AtomicLong doubleFrees = new AtomicLong();
    private final AtomicInteger generationsOfThreads = new AtomicInteger();
    private volatile boolean stop;

    PoolTorture(SmallPool pool) {
        this.pool = pool;
    }

    long operations() {
        return operations.get();
    }

    long doubleFreesDetected() {
        return doubleFrees.get();
    }

    /**
     * Runs with that many threads at a time, for {@code duration} and on until something was seen
     * or half a minute is over, and frees everything at the end.
     */
    void run(int threads, Duration duration) throws InterruptedException {
        List<Thread> keepers = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int kind = t;
            keepers.add(Thread.ofPlatform().start(() -> keepOneAlive(kind)));
        }
        Thread.sleep(duration);
        long deadlineNanos = System.nanoTime() + 30_000_000_000L;
        while (!sawEnough() && failures.isEmpty() && System.nanoTime() < deadlineNanos) {
            Thread.sleep(10);
        }
        stop = true;
        for (Thread keeper : keepers) {
            keeper.join();
        }
        for (int i = 0; i < TRADED; i++) {
            Cell cell = traded.getAndSet(i, null);
            if (cell != null) {
                verifyAndFree(pool, cell);
            }
        }
        if (!failures.isEmpty()) {
            throw new AssertionError(TestSeed.rerun(), failures.peek());
        }
    }

    private boolean sawEnough() {
        return operations() > 1_000 && doubleFreesDetected() > 0;
    }

    private void keepOneAlive(int kind) {
        while (!stop && failures.isEmpty()) {
            long seed = TestSeed.SEED + generationsOfThreads.incrementAndGet();
            Thread.Builder builder = kind % 3 == 2 ? Thread.ofVirtual() : Thread.ofPlatform();
            Thread mortal = builder.start(() -> live(new SplittableRandom(seed), kind % 2 == 0));
            try {
                mortal.join();
            } catch (InterruptedException unexpected) {
                failures.add(unexpected);
            }
        }
    }

    private void live(SplittableRandom random, boolean useLocal) {
        try {
            if (useLocal) {
                LocalPool local = pool.local();
                live(random, local);
                if (random.nextBoolean()) {
                    local.close(); // Otherwise the thread dies with it open.
                }
            } else {
                live(random, pool);
            }
        } catch (Throwable failure) {
            failures.add(failure);
        }
    }

    private void live(SplittableRandom random, CellAllocator cells) {
        List<Cell> own = new ArrayList<>();
        int steps = random.nextInt(2_000, 60_000);
        for (int step = 0; step < steps && !stop; step++) {
            int choice = random.nextInt(100);
            if (choice < 45 && own.size() < OWN_MAX) {
                own.add(allocate(cells, random));
            } else if (choice < 50 && !own.isEmpty()) {
                own.add(resize(cells, random, takeAny(own, random)));
            } else if (choice < 80 || own.isEmpty()) {
                Cell mine = own.isEmpty() ? null : takeAny(own, random);
                Cell other = traded.getAndSet(random.nextInt(TRADED), mine);
                if (other != null) {
                    verifyAndFree(cells, other);
                }
            } else {
                verifyAndFree(cells, takeAny(own, random));
            }
            operations.incrementAndGet();
        }
        for (Cell cell : own) {
            Cell other = traded.getAndSet(random.nextInt(TRADED), cell);
            if (other != null) {
                verifyAndFree(cells, other);
            }
        }
    }

    private static Cell takeAny(List<Cell> own, SplittableRandom random) {
        int victim = random.nextInt(own.size());
        Cell cell = own.get(victim);
        Cell last = own.removeLast();
        if (victim < own.size()) {
            own.set(victim, last);
        }
        return cell;
    }

    private static Cell allocate(CellAllocator cells, SplittableRandom random) {
        int bytes = size(random);
        Cell cell = new Cell(cells.allocate(bytes), bytes, random.nextLong());
        fill(cells.view(cell.handle), cell);
        return cell;
    }

    private static Cell resize(CellAllocator cells, SplittableRandom random, Cell old) {
        verify(cells.view(old.handle), old, old.bytes);
        int bytes = size(random);
        Cell cell = new Cell(cells.resize(old.handle, bytes), bytes, old.cookie);
        if (Math.min(bytes, old.bytes) >= 8) {
            verify(cells.view(cell.handle), cell, 8);
        }
        fill(cells.view(cell.handle), cell);
        return cell;
    }

    /** Mostly small; edges of size classes as often as not; now and then a large one. */
    private static int size(SplittableRandom random) {
        int spread = random.nextInt(1_000);
        if (spread == 0) {
            return random.nextInt(1 << 18, (1 << 20) + (1 << 18));
        }
        if (spread < 20) {
            return (512 << random.nextInt(7)) + random.nextInt(-1, 2);
        }
        if (spread < 500) {
            return 16 + 8 * random.nextInt(31) + random.nextInt(-1, 2);
        }
        return random.nextInt(1, 257);
    }

    private void verifyAndFree(CellAllocator cells, Cell cell) {
        verify(cells.view(cell.handle), cell, cell.bytes);
        cells.free(cell.handle);
        if ((cell.cookie & 63) == 0) {
            try {
                cells.free(cell.handle);
            } catch (BadHandle found) {
                doubleFrees.incrementAndGet();
                return;
            }
            throw new AssertionError("a double free went through");
        }
    }

    private static void fill(MemorySegment view, Cell cell) {
        int words = cell.bytes >> 3;
        int stride = Math.max(1, words / 64);
        for (int word = 0; word < words; word += stride) {
            view.setAtIndex(ValueLayout.JAVA_LONG_UNALIGNED, word, cell.cookie + word);
        }
        for (int i = words << 3; i < cell.bytes; i++) {
            view.set(ValueLayout.JAVA_BYTE, i, (byte) (cell.cookie + i));
        }
    }

    private static void verify(MemorySegment view, Cell cell, int bytes) {
        int allWords = cell.bytes >> 3;
        int stride = Math.max(1, allWords / 64);
        for (int word = 0; word < bytes >> 3; word += stride) {
            long found = view.getAtIndex(ValueLayout.JAVA_LONG_UNALIGNED, word);
            if (found != cell.cookie + word) {
                throw new AssertionError("cookie %x at word %d of %s".formatted(found, word, cell));
            }
        }
        for (int i = allWords << 3; i < bytes; i++) {
            if (view.get(ValueLayout.JAVA_BYTE, i) != (byte) (cell.cookie + i)) {
                throw new AssertionError("cookie at byte %d of %s".formatted(i, cell));
            }
        }
    }
}
