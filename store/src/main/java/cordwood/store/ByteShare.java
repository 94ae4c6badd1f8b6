package cordwood.store;

import java.util.concurrent.atomic.AtomicLong;

/**
 * For engines: a part of the memory budget, to which what was handed out is charged. Thread-safe.
 */
public final class ByteShare {

    private final String what;
    private final long bytesMax;
    private final AtomicLong usedBytes = new AtomicLong();

    /**
     * A share of {@code bytesMax}.
     *
     * @param what has it, for people
     */
    public ByteShare(String what, long bytesMax) {
        this.what = what;
        this.bytesMax = bytesMax;
    }

    /**
     * Takes {@code bytes} more for one who holds {@code heldBytes}. Whoever is alone is served
     * whatever the size: the size limits bound that.
     *
     * @throws StoreException.Busy when others hold too much; nothing was taken
     */
    public void take(long bytes, long heldBytes) {
        long before = usedBytes.get();
        while (fits(before, bytes, heldBytes)) {
            if (usedBytes.compareAndSet(before, before + bytes)) {
                return;
            }
            before = usedBytes.get();
        }
        throw new StoreException.Busy(
                "%s hold %,d of %,d bytes of the memory budget: no room for %,d more"
                        .formatted(what, before, bytesMax, bytes));
    }

    private boolean fits(long before, long bytes, long heldBytes) {
        return bytes <= bytesMax - before || before <= heldBytes;
    }

    /** Gives back what was taken. */
    public void give(long bytes) {
        usedBytes.addAndGet(-bytes);
    }

    /** What is taken now. */
    public long usedBytes() {
        return usedBytes.get();
    }
}
