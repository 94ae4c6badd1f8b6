package cordwood.memory.stack;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Uses things for the first time where there is room on the stack and on the heap.
 *
 * <p>A class whose initialisation fails, if only since the stack ended or the heap was full, is
 * unusable for the rest of the process, one of the JDK's too; a call that could not be linked may
 * be so as well; and the first use of a call needs far more stack than {@link StackRoom} can
 * require.
 */
public final class FirstUse {

    private static final int BYTES = 1 << 10;

    /** More than any first use took that is known. */
    private static final int STACK_BYTES = 1 << 20;

    /** In pieces, since a heap may have room for them alone: four MiB. */
    private static final int HEAP_PIECES = 128;

    private static final int HEAP_PIECE_BYTES = 1 << 15;

    private static final long WAIT_MILLIS = 60_000;

    private FirstUse() {}

    /** A thread with stack enough, and what came out of it. */
    private static final class Stage implements Runnable {
        private final Runnable uses;
        private volatile @Nullable Throwable failure;

        Stage(Runnable uses) {
            this.uses = uses;
        }

        @Override
        public void run() {
            try {
                uses.run();
            } catch (Throwable thrown) {
                failure = thrown;
            }
        }
    }

    /**
     * Runs {@code uses} on a thread of its own and waits for it: for who may be near the end of a
     * stack. It must be of a class, not a lambda, which would have to be linked here.
     *
     * @throws OutOfMemoryError when there is too little heap; then nothing was used
     * @throws IllegalStateException when it is not over after a minute
     */
    public static void elsewhere(Runnable uses) {
        requireHeap();
        Stage stage = new Stage(uses);
        Thread thread = new Thread(null, stage, "cordwood-first-use", STACK_BYTES, false);
        thread.setDaemon(true);
        thread.start();
        await(thread);
        Throwable failure = stage.failure;
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
    }

    private static void await(Thread thread) {
        long startNanos = System.nanoTime();
        boolean interrupted = false;
        try {
            while (thread.isAlive()) {
                if (System.nanoTime() - startNanos > WAIT_MILLIS * 1_000_000) {
                    throw new IllegalStateException("a first use does not end");
                }
                try {
                    thread.join(WAIT_MILLIS);
                } catch (InterruptedException again) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void requireHeap() {
        byte[][] room = new byte[HEAP_PIECES][];
        for (int i = 0; i < room.length; i++) {
            room[i] = new byte[HEAP_PIECE_BYTES];
        }
        if (room[HEAP_PIECES - 1].length == 0) {
            throw new AssertionError(); // Keeps it from being optimised away.
        }
    }

    /** What slow changes and refusals use of the JDK. */
    public static void ofJdk() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment from = arena.allocate(BYTES);
            MemorySegment to = arena.allocate(BYTES).asSlice(0, BYTES);
            for (int bytes = 1; bytes <= BYTES; bytes = 2 * bytes + 1) { // Each way of the JDK's.
                to.asSlice(0, bytes).fill((byte) 1);
                MemorySegment.copy(from, 0, to, 0, bytes);
            }
            if (to.asByteBuffer().get(0) != 0 || Thread.currentThread().getStackTrace() == null) {
                throw new AssertionError("%d %016x %s".formatted(BYTES, BYTES, to));
            }
        }
        try (Arena arena = Arena.ofShared()) {
            MemorySegment shared = arena.allocate(BYTES, BYTES).asSlice(1, BYTES / 2, 1);
            if (shared.fill((byte) 1).get(ValueLayout.JAVA_BYTE, 0) != 1) {
                throw new AssertionError();
            }
        }
        LockSupport.parkNanos(1);
        if ("%d %016x %s".formatted(BYTES, (long) BYTES, "bytes").isEmpty()) {
            throw new AssertionError();
        }
    }

    /** Initialises classes of the caller's own. */
    public static void of(MethodHandles.Lookup lookup, List<Class<?>> classes) {
        for (Class<?> one : classes) {
            try {
                lookup.ensureInitialized(one);
            } catch (IllegalAccessException notItsOwn) {
                throw new IllegalArgumentException(notItsOwn);
            }
        }
    }
}
