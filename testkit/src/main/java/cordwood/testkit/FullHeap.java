package cordwood.testkit;

import org.jspecify.annotations.Nullable;

/** Fills the heap of a process of its own, to see what others do then. Belongs to one thread. */
public final class FullHeap {

    /** Takes the heap: bytes, and the rest of the chain. */
    private Object @Nullable [] chain;

    /** The heap is as it was. */
    public FullHeap() {}

    /** Takes all of the heap but about {@code leftBytes}, until it is released. */
    public void fill(int leftBytes) {
        byte @Nullable [] left = new byte[leftBytes];
        for (int bytes = 1 << 20; bytes >= 16; bytes /= 2) {
            try {
                while (true) {
                    chain = new Object[] {new byte[bytes], chain};
                }
            } catch (OutOfMemoryError _) {
                // smaller ones then
            }
        }
        left[0] = 1; // it was there until now
        left = null;
    }

    /** Gives everything back. */
    public void release() {
        chain = null;
    }
}
