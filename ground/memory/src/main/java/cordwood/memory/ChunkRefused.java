package cordwood.memory;

/** The system refused a chunk although the budget had room for it. */
public final class ChunkRefused extends MemoryRefused {
    private static final long serialVersionUID = 1L;

    ChunkRefused(long askedBytes, Throwable cause) {
        super("the system refused a chunk of " + askedBytes + " bytes", cause);
    }
}
