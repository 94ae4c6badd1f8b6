package cordwood.files;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A failed file operation: what was tried, where, and what kind of failure it was. */
public final class FileFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What a caller can do about it. */
    public enum Kind {
        /** The file system, a quota or a size limit has no room. Nothing is wrong with the file. */
        NO_SPACE,
        /**
         * The process or the system may have no more files open. Nothing is wrong with the file.
         */
        TOO_MANY_OPEN,
        /** The file or directory is not there. */
        MISSING,
        /** The file is there already. */
        EXISTS,
        /** Somebody else holds the directory; the message names the holder. */
        LOCKED,
        /**
         * The process may not do this here (permissions, read-only mount, not a directory, a name
         * that is too long).
         */
        DENIED,
        /** The file was closed, by its owner or by an interrupt of a thread inside a call. */
        CLOSED,
        /** Anything else the operating system reported: treat what was being written as lost. */
        IO
    }

    private final Kind kind;
    private final String operation;
    private final transient Path path;
    private final long offsetBytes;

    /** A failure at an offset of a file; pass -1 where no offset applies. */
    public FileFailure(
            Kind kind,
            String operation,
            Path path,
            long offsetBytes,
            String detail,
            @Nullable Throwable cause) {
        super(message(operation, path, offsetBytes, detail), cause);
        this.kind = kind;
        this.operation = operation;
        this.path = path;
        this.offsetBytes = offsetBytes;
    }

    private static String message(String operation, Path path, long offsetBytes, String detail) {
        String where = offsetBytes < 0 ? "" : " at offset " + offsetBytes;
        return operation + " " + path + where + ": " + detail;
    }

    /** What kind of failure it was. */
    public Kind kind() {
        return kind;
    }

    /** The operation that failed: {@code "write"}, {@code "sync"}, {@code "rename"}, … */
    public String operation() {
        return operation;
    }

    /** The file or directory it failed on. */
    public Path path() {
        return path;
    }

    /** The offset it failed at, or -1. */
    public long offsetBytes() {
        return offsetBytes;
    }
}
