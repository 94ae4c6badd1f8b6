package cordwood.rocksdb;

import cordwood.files.FileFailure;
import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import java.nio.file.Path;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** Turns what RocksDB and the file seam report into the contract's kinds. */
final class Problems {

    private Problems() {}

    /** A write that failed: for want of room, which passes, or for good. */
    static StoreException write(RocksDBException cause) {
        return isNoSpace(cause)
                ? new StoreException.Full(
                        "the disk has no room; service resumes once there is some: RocksDB: "
                                + text(cause),
                        cause)
                : stopped(cause);
    }

    /** A write or sync that failed for good: what was to be written may be in the log. */
    static StoreException.Failed stopped(RocksDBException cause) {
        return new StoreException.Failed(
                "writes stopped until the store is opened again: RocksDB: " + text(cause),
                Outcome.UNKNOWN,
                cause);
    }

    static StoreException read(String what, RocksDBException cause) {
        String message = what + ": RocksDB: " + text(cause);
        return isCorruption(cause)
                ? new StoreException.Corrupt(message, cause)
                : new StoreException.Failed(message, Outcome.NOT_APPLIED, cause);
    }

    /** A database that cannot be opened: it has all of its files, or is damaged. */
    static StoreException open(Path database, RocksDBException cause) {
        String message = "cannot open %s: RocksDB: %s".formatted(database, text(cause));
        return isMissing(cause)
                ? new StoreException.Corrupt(message, database, -1, cause)
                : file(message, cause);
    }

    /** A copy that cannot be made. */
    static StoreException copy(Path target, RocksDBException cause) {
        String message =
                "cannot make a checkpoint in %s: RocksDB: %s".formatted(target, text(cause));
        return file(
                isNoSpace(cause)
                        ? message + "; make room there, or choose a target on another disk"
                        : message,
                cause);
    }

    private static StoreException file(String message, RocksDBException cause) {
        if (isCorruption(cause)) {
            return new StoreException.Corrupt(message, cause);
        }
        if (isNoSpace(cause)) {
            return new StoreException.Full(message, cause);
        }
        if (message.contains("Too many open files")) {
            return new StoreException.Busy(message);
        }
        Status status = cause.getStatus();
        if (status != null && status.getCode() == Status.Code.InvalidArgument) {
            return new StoreException.Invalid(message);
        }
        return new StoreException.Failed(message, Outcome.NOT_APPLIED, cause);
    }

    private static boolean isMissing(RocksDBException cause) {
        return text(cause).contains("No such file or directory");
    }

    static StoreException files(FileFailure cause) {
        String message = String.valueOf(cause.getMessage());
        return switch (cause.kind()) {
            case LOCKED, TOO_MANY_OPEN -> new StoreException.Busy(message);
            case NO_SPACE -> new StoreException.Full(message, cause);
            case DENIED, MISSING, EXISTS -> new StoreException.Invalid(message);
            case CLOSED, IO -> new StoreException.Failed(message, Outcome.NOT_APPLIED, cause);
        };
    }

    /** RocksDB says so by a code, by the text of what failed, or both. */
    static boolean isNoSpace(RocksDBException cause) {
        Status status = cause.getStatus();
        boolean said =
                status != null
                        && (status.getSubCode() == Status.SubCode.NoSpace || isTooLarge(status));
        String text = text(cause);
        return said
                || text.contains("No space left on device")
                || text.contains("Disk quota exceeded");
    }

    /**
     * A compaction that was refused for want of room, which RocksDB's Java side has no code for.
     */
    private static boolean isTooLarge(Status status) {
        return status.getCode() == Status.Code.Undefined;
    }

    private static boolean isCorruption(RocksDBException cause) {
        Status status = cause.getStatus();
        return status != null && status.getCode() == Status.Code.Corruption;
    }

    static String text(RocksDBException cause) {
        Status status = cause.getStatus();
        String state = status == null ? null : status.getState();
        if (status == null || state == null) {
            return String.valueOf(cause.getMessage());
        }
        return status.getCodeString() + ": " + state;
    }
}
