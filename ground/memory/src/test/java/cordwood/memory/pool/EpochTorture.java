package cordwood.memory.pool;

import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.memory.epoch.Epochs;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * Readers pin and read an object; updaters replace it, and let the old one age by one whole grace
 * period after another until it is poisoned and freed. A reader that pinned before the replacement
 * may find age 1, removed; it must never find more, nor poison, nor a dead handle.
 *
 * <p>An object is a cell of a real pool: a magic number, its age, its cookie.
 */
final class EpochTorture {

    record Result(
            long reads,
            long readsOfRemoved,
            long tooOld,
            long poisoned,
            long deadHandles,
            long freed) {

        long violations() {
            return tooOld + poisoned + deadHandles;
        }
    }

    private record Removed(long handle, long stamp, int age) {}

    private static final long MAGIC = 0x600D_CE11_600D_CE11L;
    private static final long POISON = 0xDBDB_DBDB_DBDB_DBDBL;
    private static final int CELL_BYTES = 48;
    private static final int AGE_MAX = 10;
    private static final int OBJECTS = 8;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Epochs epochs;
    private final int readers;
    private final int updaters;
    private boolean stalling;
    private boolean dying;

    private final AtomicLongArray current = new AtomicLongArray(OBJECTS);
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong readsOfRemoved = new AtomicLong();
    private final AtomicLong tooOld = new AtomicLong();
    private final AtomicLong poisoned = new AtomicLong();
    private final AtomicLong deadHandles = new AtomicLong();
    private final AtomicLong freed = new AtomicLong();
    private volatile boolean stop;

    EpochTorture(Epochs epochs, int readers, int updaters) {
        this.epochs = epochs;
        this.readers = readers;
        this.updaters = updaters;
    }

    /** Readers stay pinned, now and then, for up to 10 ms. */
    EpochTorture stallingReaders() {
        stalling = true;
        return this;
    }

    /** Readers are virtual threads that die after a few reads, others taking their place. */
    EpochTorture dyingReaders() {
        dying = true;
        return this;
    }

    /** Runs for {@code duration}, and on until {@code enough} was seen or a minute is over. */
    Result run(Duration duration, Predicate<Result> enough) throws InterruptedException {
        try (Memory memory = Memory.open(MemoryOptions.ofBudget(64 << 20));
                SmallPool pool = SmallPool.open(memory, PoolOptions.defaults())) {
            for (int i = 0; i < OBJECTS; i++) {
                current.set(i, newObject(pool));
            }
            List<Thread> threads = new ArrayList<>();
            for (int r = 0; r < readers; r++) {
                long seed = TestSeed.SEED + r;
                threads.add(Thread.ofPlatform().start(() -> readUntilStopped(pool, seed)));
            }
            for (int u = 0; u < updaters; u++) {
                long seed = TestSeed.SEED - 1 - u;
                threads.add(Thread.ofPlatform().start(() -> update(pool, seed)));
            }
            Thread.sleep(duration);
            long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
            while (!enough.test(result()) && System.nanoTime() < deadlineNanos) {
                Thread.sleep(10);
            }
            stop = true;
            for (Thread thread : threads) {
                thread.join();
            }
        }
        return result();
    }

    private Result result() {
        return new Result(
                reads.get(),
                readsOfRemoved.get(),
                tooOld.get(),
                poisoned.get(),
                deadHandles.get(),
                freed.get());
    }

    private void readUntilStopped(SmallPool pool, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        while (!stop) {
            if (dying) {
                SplittableRandom own = random.split();
                Thread mortal =
                        Thread.ofVirtual()
                                .start(() -> {
                                    for (int i = 0; i < 50; i++) {
                                        readOnce(pool, own);
                                    }
                                });
                try {
                    mortal.join();
                } catch (InterruptedException unexpected) {
                    throw new AssertionError(unexpected);
                }
            } else {
                readOnce(pool, random);
            }
        }
    }

    private void readOnce(SmallPool pool, SplittableRandom random) {
        long ticket = epochs.enter();
        try {
            long handle = current.get(random.nextInt(OBJECTS));
            MemorySegment object = pool.view(handle);
            for (int look = random.nextInt(4); look >= 0; look--) {
                check(object);
                pause(random);
            }
            pool.view(handle);
            check(object);
            if (object.get(ValueLayout.JAVA_LONG, 8) == 1) {
                readsOfRemoved.incrementAndGet();
            }
        } catch (BadHandle dead) {
            deadHandles.incrementAndGet();
        } finally {
            epochs.leave(ticket);
        }
        reads.incrementAndGet();
    }

    private void check(MemorySegment object) {
        if (object.get(ValueLayout.JAVA_LONG, 0) != MAGIC
                || object.get(ValueLayout.JAVA_LONG, 16) != cookie(object)) {
            poisoned.incrementAndGet();
        } else if (object.get(ValueLayout.JAVA_LONG, 8) > 1) {
            tooOld.incrementAndGet();
        }
    }

    private void pause(SplittableRandom random) {
        if (stalling && random.nextInt(200) == 0) {
            LockSupport.parkNanos(random.nextLong(10_000_000));
        } else if (random.nextInt(50) == 0) {
            LockSupport.parkNanos(1_000);
        }
    }

    private void update(SmallPool pool, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        ArrayDeque<Removed> removed = new ArrayDeque<>();
        try (LocalPool local = pool.local()) {
            while (!stop) {
                if (removed.size() < 500) {
                    long old = current.getAndSet(random.nextInt(OBJECTS), newObject(local));
                    pool.view(old).set(ValueLayout.JAVA_LONG, 8, 1);
                    removed.add(new Removed(old, epochs.stamp(), 1));
                }
                if (random.nextInt(4) == 0) {
                    epochs.advance();
                }
                age(local, removed);
                if (removed.size() >= 500) {
                    LockSupport.parkNanos(100_000);
                }
            }
        }
    }

    private void age(LocalPool pool, ArrayDeque<Removed> removed) {
        long horizon = epochs.horizon();
        for (int i = removed.size(); i > 0; i--) {
            Removed object = removed.remove();
            if (object.stamp >= horizon) {
                removed.add(object);
            } else if (object.age == AGE_MAX) {
                pool.view(object.handle).fill((byte) POISON);
                pool.free(object.handle);
                freed.incrementAndGet();
            } else {
                pool.view(object.handle).set(ValueLayout.JAVA_LONG, 8, object.age + 1);
                removed.add(new Removed(object.handle, epochs.stamp(), object.age + 1));
            }
        }
    }

    private static long newObject(CellAllocator pool) {
        long handle = pool.allocate(CELL_BYTES);
        MemorySegment object = pool.view(handle);
        object.set(ValueLayout.JAVA_LONG, 8, 0);
        object.set(ValueLayout.JAVA_LONG, 16, cookie(object));
        object.set(ValueLayout.JAVA_LONG, 0, MAGIC);
        return handle;
    }

    private static long cookie(MemorySegment object) {
        return object.address() * 0x9E37_79B9_7F4A_7C15L;
    }
}
