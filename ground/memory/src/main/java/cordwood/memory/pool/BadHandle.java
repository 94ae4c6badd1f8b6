package cordwood.memory.pool;

/** A handle that does not name a live cell of this pool: a bug in the caller. Nothing happened. */
public final class BadHandle extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /** What is wrong with it. */
    public enum Kind {
        /** It was freed or retired before: a double free, or use after free. */
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

    /** Of a cell that waits until no pin can see it: it is freed by itself. */
    static BadHandle retired(long handle) {
        return new BadHandle(Kind.STALE, handle, ": its cell was retired");
    }

    static BadHandle foreign(long handle) {
        return new BadHandle(Kind.FOREIGN, handle, "");
    }

    /** What is wrong with it. */
    public Kind kind() {
        return kind;
    }
}
