package cordwood.memory;

/**
 * The Java heap had no room for what a pool keeps there of its cells, although the budget had room
 * for the cells: 8 bytes for each small one, so that the smallest ones need half as much heap as
 * off-heap memory.
 */
public final class HeapRefused extends MemoryRefused {
    private static final long serialVersionUID = 1L;

    /** So many bytes of heap were asked for. */
    public HeapRefused(long askedBytes) {
        super(
                "the Java heap had no room for %d bytes that keep track of cells"
                        .formatted(askedBytes));
    }
}
