package cordwood.memory.stack;

/**
 * Makes sure that a change of several steps is not cut short by a {@link StackOverflowError}.
 *
 * <p>A stack overflow can come out of any call, also one in a {@code finally}: a lock stays held, a
 * piece taken stays without an owner. So whoever begins such a change asks for room first. The
 * overflow then comes from here, where nothing has begun. It costs some hundred nanoseconds, so it
 * stands before what takes longer: a new slab, a region, a chunk, upkeep. Steps that must be faster
 * are single stores with no call behind them.
 */
public final class StackRoom {

    /** With eight longs handed on, 16 KiB of compiled frames, more of interpreted ones. */
    private static final int FRAMES = 224;

    private StackRoom() {}

    /**
     * Touches as much stack as the steps after it may use.
     *
     * @throws StackOverflowError when there is not that much left
     */
    public static void require() {
        if (touch(FRAMES, 1, 2, 3, 4, 5, 6, 7, 8) == 0) {
            throw new AssertionError(); // Keeps the calls from being optimised away.
        }
    }

    private static long touch(
            int frames, long a, long b, long c, long d, long e, long f, long g, long h) {
        if (frames == 0) {
            return a | b | c | d | e | f | g | h;
        }
        long deeper = touch(frames - 1, b, c, d, e, f, g, h, a + frames);
        return deeper | (a ^ c) | (b ^ d) | (e ^ g) | (f ^ h);
    }
}
