package cordwood.lsm.format;

import cordwood.files.FileFailure;
import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import java.nio.file.Path;

/** What a failed file operation means to a caller of the store. */
public final class StorageFailures {

    private StorageFailures() {}

    /** For work that can be given up without a trace: no room is a refusal, all else is final. */
    public static StoreException ofBackgroundWork(FileFailure failure) {
        return failure.kind() == FileFailure.Kind.NO_SPACE
                ? new StoreException.Full(text(failure), failure)
                : new StoreException.Failed(text(failure), Outcome.NOT_APPLIED, failure);
    }

    /** For an append or sync that was begun: whatever went wrong, nobody knows what is stored. */
    public static StoreException.Failed ofWrite(FileFailure failure) {
        return new StoreException.Failed(
                "writes stopped: " + text(failure), Outcome.UNKNOWN, failure);
    }

    /** For a read: the stored bytes could not be had. */
    public static StoreException ofRead(FileFailure failure) {
        return failure.kind() == FileFailure.Kind.MISSING
                ? new StoreException.Corrupt(
                        "a file is missing: " + text(failure), failure.path(), -1, failure)
                : new StoreException.Failed(text(failure), Outcome.NOT_APPLIED, failure);
    }

    /** For opening a store in a directory. */
    public static StoreException ofOpen(Path directory, FileFailure failure) {
        return switch (failure.kind()) {
            case LOCKED ->
                    new StoreException.Busy(
                            "%s is open already: %s".formatted(directory, text(failure)));
            case MISSING -> ofRead(failure);
            case DENIED, EXISTS ->
                    new StoreException.Invalid(
                            "%s cannot hold a store: %s".formatted(directory, text(failure)));
            case NO_SPACE -> new StoreException.Full(text(failure), failure);
            case CLOSED, IO ->
                    new StoreException.Failed(text(failure), Outcome.NOT_APPLIED, failure);
        };
    }

    private static String text(FileFailure failure) {
        return String.valueOf(failure.getMessage());
    }
}
