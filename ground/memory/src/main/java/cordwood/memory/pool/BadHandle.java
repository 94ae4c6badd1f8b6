package cordwood.memory.pool;

/** A handle that does not name a live cell of this pool: a bug in the caller. Nothing happened. */
public final class BadHandle extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /** What is wrong with it. */
    public enum Kind {
        /** It was freed before: a double free, or use after free. */
        STALE,
        /** It is no handle of this pool. */
        FOREIGN
    }

    private final Kind kind;

    BadHandle(Kind kind, long handle, String detail) {
        super("%s handle %016x%s".formatted(kind, handle, detail));
        this.kind = kind;
    }

    static BadHandle stale(long handle) {
        return new BadHandle(Kind.STALE, handle, "");
    }

    static BadHandle foreign(long handle) {
        return new BadHandle(Kind.FOREIGN, handle, "");
    }

    /** What is wrong with it. */
    public Kind kind() {
        return kind;
    }
}
