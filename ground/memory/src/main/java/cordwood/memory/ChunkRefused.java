package cordwood.memory;

/** There was no chunk to be had in time although the budget had room for it. */
public final class ChunkRefused extends MemoryRefused {
    private static final long serialVersionUID = 1L;

    ChunkRefused(long askedBytes, Throwable cause) {
        super("the system refused a chunk of " + askedBytes + " bytes", cause);
    }

    ChunkRefused(String message) {
        super(message);
    }
}
