package cordwood.memory;

/** The system had no memory for an allocation although the budget had room for it. */
public final class SystemRefused extends MemoryRefused {
    private static final long serialVersionUID = 1L;

    /** {@code allocator} was asked for that many bytes and gave none. */
    public SystemRefused(String allocator, long askedBytes) {
        super("%s refused %d bytes".formatted(allocator, askedBytes));
    }
}
