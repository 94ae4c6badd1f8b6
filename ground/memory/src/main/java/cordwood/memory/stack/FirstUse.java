package cordwood.memory.stack;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Uses things for the first time where there is room on the stack.
 *
 * <p>A class whose initialisation fails, if only since the stack ended, is unusable for the rest of
 * the process; and the first use of a call needs far more stack than {@link StackRoom} can require.
 */
public final class FirstUse {

    private static final int BYTES = 1 << 10;

    private FirstUse() {}

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
