package cordwood.memory;

/**
 * The Java heap had no room for what a pool keeps there of its cells, although the budget had room
 * for the cells: 8 bytes for each small one, so that the smallest ones need half as much heap as
 * off-heap memory.
 *
 * <p>Since every try has the whole heap collected, a pool remembers it for a tenth of a second:
 * until then it may refuse small cells that are not free anywhere without another try, by an
 * exception that was made before and has no stack trace.
 */
public final class HeapRefused extends MemoryRefused {
    private static final long serialVersionUID = 1L;

    /** So many bytes of heap were asked for. */
    public HeapRefused(long askedBytes) {
        super(
                "the Java heap had no room for %d bytes that keep track of cells"
                        .formatted(askedBytes));
    }

    private HeapRefused() {
        super("the Java heap has no room for what keeps track of cells", false);
    }

    /** As the constructor; {@code prepared} when the heap has no room for that either. */
    public static HeapRefused of(long askedBytes, HeapRefused prepared) {
        try {
            return new HeapRefused(askedBytes);
        } catch (OutOfMemoryError _) {
            return prepared;
        }
    }

    /** One to be thrown many times: it has no stack trace, and keeps nothing suppressed. */
    public static HeapRefused prepared() {
        return new HeapRefused();
    }
}
