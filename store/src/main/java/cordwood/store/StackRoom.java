package cordwood.store;

/**
 * Makes sure that waking a thread is not cut short by a {@link StackOverflowError}, which can come
 * out of any call: it comes from here then, where nothing has begun.
 */
final class StackRoom {

    /** Some 16 KiB of compiled frames: {@link Thread} needs most for waking a virtual one. */
    private static final int FRAMES = 256;

    private StackRoom() {}

    /** Touches that much stack. Takes some hundred nanoseconds, as little as waking does anyway. */
    static void require() {
        if (touch(FRAMES, 1, 2, 3, 4, 5, 6) == 0) {
            throw new AssertionError(); // keeps the calls from being optimised away
        }
    }

    private static long touch(int frames, long a, long b, long c, long d, long e, long f) {
        return frames == 0
                ? a | b | c
                : touch(frames - 1, b, c, d, e, f, a + frames) | (a ^ d) | (b ^ e) | (c ^ f);
    }
}
