package cordwood.bench;

import org.jspecify.annotations.Nullable;

/** Why a bench command ended without its result; the message is one line for the person. */
public final class BenchException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What the person can do about it. */
    public enum Kind {
        /** What was asked for is wrong: nothing was run. Mend the command line or the file. */
        USAGE,
        /** It was asked for rightly and failed while it ran. */
        FAILED
    }

    private final Kind kind;

    private BenchException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** Wrong usage or bad input, found before anything was run. */
    public static BenchException usage(String message) {
        return new BenchException(Kind.USAGE, message, null);
    }

    /** Wrong usage or bad input that another failure showed. */
    public static BenchException usage(String message, Throwable cause) {
        return new BenchException(Kind.USAGE, message, cause);
    }

    /** A failure while running. */
    public static BenchException failed(String message) {
        return new BenchException(Kind.FAILED, message, null);
    }

    /** A failure while running, and what caused it. */
    public static BenchException failed(String message, Throwable cause) {
        return new BenchException(Kind.FAILED, message, cause);
    }

    /** What the person can do about it. */
    public Kind kind() {
        return kind;
    }
}
