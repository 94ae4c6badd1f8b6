package cordwood.store;

/**
 * For stores, their engines and models: makes sure that a change of several steps is not cut short
 * by a {@link StackOverflowError}, which can come out of any call. It comes from here then, where
 * nothing has begun. Thread-safe.
 */
public final class StackRoom {

    /** Some 16 KiB of compiled frames. */
    private static final int FRAMES = 256;

    /** Some 3 KiB, for a few calls that end something, or wake a virtual thread: 0.5 KiB. */
    private static final int FRAMES_FEW = 48;

    /** Set on threads of ours while they run nothing but our code, which goes nowhere deep. */
    private static final ThreadLocal<Boolean> VOUCHED = new ThreadLocal<>();

    private StackRoom() {}

    /**
     * Says whether the calling thread, one of ours, runs our code alone from now on: then there is
     * room, and nothing need be touched. Answers what was said before. Where the heap has no room
     * to remember it, the stack is touched after all. An interrupt that others' code has left
     * behind ends with it, for who comes next would meet it.
     */
    public static boolean vouch(boolean oursAlone) {
        boolean before = isVouched();
        if (before != oursAlone) {
            remember(oursAlone);
            if (oursAlone) {
                Thread.interrupted();
            }
        }
        return before;
    }

    private static void remember(boolean oursAlone) {
        try {
            VOUCHED.set(oursAlone);
        } catch (OutOfMemoryError _) {
            // only the first time takes heap, and nothing is said until then
        }
    }

    private static boolean isVouched() {
        try {
            return Boolean.TRUE.equals(VOUCHED.get());
        } catch (OutOfMemoryError _) {
            return false; // asking takes heap, too, the first time
        }
    }

    /**
     * Touches as much stack as some steps with others' code between them use, in some 600
     * nanoseconds.
     *
     * @throws StackOverflowError when there is not that much left
     */
    public static void require() {
        if (!isVouched()) {
            require(FRAMES);
        }
    }

    /**
     * As {@link #require}, but a few calls deep only, in some hundred nanoseconds.
     *
     * @throws StackOverflowError when there is not that much left
     */
    public static void requireSome() {
        if (!isVouched()) {
            require(FRAMES_FEW);
        }
    }

    private static void require(int frames) {
        if (touch(frames, 1, 2, 3, 4, 5, 6) == 0) {
            throw new AssertionError(); // keeps the calls from being optimised away
        }
    }

    private static long touch(int frames, long a, long b, long c, long d, long e, long f) {
        return frames == 0
                ? a | b | c
                : touch(frames - 1, b, c, d, e, f, a + frames) | (a ^ d) | (b ^ e) | (c ^ f);
    }
}
