package cordwood.memory.fault.inside;

import cordwood.memory.MemoryRefused;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Threads that use their whole stack and then, at every level of the way back, try an operation
 * which may find the stack too short at any of its calls.
 */
public final class Dive {

    private static final long PATIENCE_NANOS =
            TimeUnit.SECONDS.toNanos(Long.getLong("cordwood.patience", 120));

    /** Levels of the way back on which something is tried: beyond, there is room enough. */
    private static final int LEVELS = 300;

    private final Stand stand = new Stand(false, 1, PATIENCE_NANOS);
    private final int kind;
    private int triesLeft = LEVELS;
    private long overflows;

    private Dive(int kind) {
        this.kind = kind;
        stand.allocate(1, 256); // for what needs a cell
    }

    /** Overflows that came out of operations, in {@code count} threads one after the other. */
    public static long run(long seed, int count) throws InterruptedException {
        Cases.warmUp(PATIENCE_NANOS);
        SplittableRandom random = new SplittableRandom(seed);
        int firstKind = random.nextInt(1 << 16);
        long overflows = 0;
        for (int i = 0; i < count; i++) {
            int stackBytes = random.nextInt(150 << 10, 400 << 10);
            int padding = random.nextInt(3);
            Dive dive = new Dive(firstKind + i);
            Throwable[] failure = {null};
            Thread thread =
                    new Thread(
                            null,
                            () -> {
                                try {
                                    dive.down(padding);
                                } catch (StackOverflowError _) {
                                    // Of the dive itself.
                                } catch (Throwable thrown) {
                                    failure[0] = thrown;
                                }
                            },
                            "dive",
                            stackBytes);
            thread.setDaemon(true);
            thread.start();
            thread.join(TimeUnit.NANOSECONDS.toMillis(PATIENCE_NANOS));
            String name = "dive %d of seed %d, %d bytes of stack".formatted(i, seed, stackBytes);
            require(!thread.isAlive(), name + " hangs", null);
            require(failure[0] == null, name, failure[0]);
            new Invariants(dive.stand, name, PATIENCE_NANOS).check();
            overflows += dive.overflows;
        }
        return overflows;
    }

    /** In a process of its own: the words are the seed and how many threads. */
    public static void main(String[] words) throws InterruptedException {
        System.out.println(run(Long.parseLong(words[0]), Integer.parseInt(words[1])));
    }

    private static void require(boolean holds, String wrong, @Nullable Throwable cause) {
        if (!holds) {
            throw new AssertionError(wrong, cause);
        }
    }

    /** Frames of several sizes, so that every offset from the end gets its turn. */
    private void down(int padding) {
        switch (padding) {
            case 0 -> narrow();
            case 1 -> wide(1, 2, 3);
            default -> wider(1, 2, 3, 4, 5, 6, 7);
        }
    }

    @SuppressWarnings("InfiniteRecursion") // to the end of the stack
    private void narrow() {
        try {
            narrow();
        } catch (StackOverflowError _) {
            // The end: now the way back.
        }
        attempt();
    }

    @SuppressWarnings("InfiniteRecursion") // to the end of the stack
    private long wide(long a, long b, long c) {
        try {
            a += wide(b, c, a + 1);
        } catch (StackOverflowError _) {
            a++;
        }
        attempt();
        return a ^ b ^ c;
    }

    @SuppressWarnings("InfiniteRecursion") // to the end of the stack
    private long wider(long a, long b, long c, long d, long e, long f, long g) {
        try {
            a += wider(b, c, d, e, f, g, a + 1);
        } catch (StackOverflowError _) {
            a++;
        }
        attempt();
        return a ^ b ^ c ^ d ^ e ^ f ^ g;
    }

    private void attempt() {
        if (triesLeft == 0) {
            return;
        }
        triesLeft--;
        try {
            operate();
        } catch (StackOverflowError _) {
            overflows++;
        } catch (MemoryRefused _) {
            // An answer too.
        } catch (InterruptedException unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    private void operate() throws InterruptedException {
        int kinds = Operation.OF_POOL.size() + Operation.OF_MEMORY.size();
        int chosen = kind % (kinds + 3);
        switch (chosen) {
            case 0 -> stand.allocate(1, 16 << (triesLeft % 4));
            case 1 -> {
                stand.allocate(1, 64);
                stand.pool.free(stand.handle(stand.handleCount() - 1));
            }
            case 2 -> stand.keep(stand.memory.chunks().tryRegion(stand.regionsAccount, 1));
            default -> operate(chosen - 3);
        }
    }

    private void operate(int index) throws InterruptedException {
        int ofPool = Operation.OF_POOL.size();
        Operation operation =
                index < ofPool
                        ? Operation.OF_POOL.get(index)
                        : Operation.OF_MEMORY.get(index - ofPool);
        if (!operation.isRepeatable()) {
            stand.allocate(1, 2048);
            return;
        }
        operation.step().on(stand);
    }
}
