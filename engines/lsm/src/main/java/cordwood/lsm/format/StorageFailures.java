package cordwood.lsm.format;

import cordwood.files.FileFailure;
import cordwood.memory.MemoryRefused;
import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a failed file operation means to a caller of the store. */
public final class StorageFailures {

    /** Made before the heap is full. */
    @SuppressWarnings("StaticAssignmentOfThrowable") // where it is needed, none can be made
    private static final StoreException.Failed CUT_SHORT =
            new StoreException.Failed(
                    "cut short by a full heap", Outcome.UNKNOWN, new OutOfMemoryError("no heap"));

    private StorageFailures() {}

    /**
     * For work that can be given up without a trace. Want of room, memory or descriptors passes by
     * itself, and is a refusal: Full or Busy. All else is final.
     */
    public static RuntimeException ofBackgroundWork(RuntimeException thrown) {
        return switch (thrown) {
            case FileFailure failure ->
                    switch (failure.kind()) {
                        case NO_SPACE -> full(failure, "trim streams, or make room on it");
                        case TOO_MANY_OPEN -> new StoreException.Busy(text(failure));
                        case MISSING, EXISTS, LOCKED, DENIED, CLOSED, IO ->
                                new StoreException.Failed(
                                        text(failure), Outcome.NOT_APPLIED, failure);
                    };
            case MemoryRefused refused ->
                    new StoreException.Busy("no memory: " + refused.getMessage());
            case IllegalArgumentException e when isFullHeap(e) ->
                    new StoreException.Busy("no heap: " + e.getCause());
            default -> thrown;
        };
    }

    /**
     * Whether the Java heap was full. The system has one such error only, and where a block that
     * ends with it meets it again as it closes what it opened, Java throws something else instead.
     */
    public static boolean isFullHeap(@Nullable Throwable thrown) {
        return thrown instanceof OutOfMemoryError
                || (thrown instanceof IllegalArgumentException
                        && thrown.getCause() instanceof OutOfMemoryError);
    }

    /** A full Java heap, met where everything could be given up: a refusal. */
    public static StoreException ofHeap(OutOfMemoryError thrown) {
        return new StoreException.Busy("no heap: " + thrown.getMessage());
    }

    /**
     * Of something whose first half is on record: the second half was left undone, and opening the
     * store does it. A full heap is to be waited out there instead. Needs no heap itself: what
     * would escape here would have the first half done again.
     */
    public static StoreException.Failed ofSecondHalf(Error thrown) {
        try {
            return new StoreException.Failed("cut short by " + thrown, Outcome.UNKNOWN, thrown);
        } catch (OutOfMemoryError _) {
            return CUT_SHORT;
        }
    }

    /**
     * The refusal to tell whoever waits for such work, which is to be tried again later.
     *
     * @throws RuntimeException what was thrown, as it is meant, when it is final
     */
    public static StoreException refusal(RuntimeException thrown) {
        RuntimeException meant = ofBackgroundWork(thrown);
        return switch (meant) {
            case StoreException.Full full -> full;
            case StoreException.Busy busy -> busy;
            default -> throw meant;
        };
    }

    /** For an append or sync that was begun: whatever went wrong, nobody knows what is stored. */
    public static StoreException.Failed ofWrite(FileFailure failure) {
        return new StoreException.Failed(
                "writes stopped: " + text(failure), Outcome.UNKNOWN, failure);
    }

    /** For a read: the stored bytes could not be had. */
    public static StoreException ofRead(FileFailure failure) {
        return switch (failure.kind()) {
            case MISSING ->
                    new StoreException.Corrupt(
                            "a file is missing: " + text(failure), failure.path(), -1, failure);
            case TOO_MANY_OPEN -> new StoreException.Busy(text(failure));
            case NO_SPACE, EXISTS, LOCKED, DENIED, CLOSED, IO ->
                    new StoreException.Failed(text(failure), Outcome.NOT_APPLIED, failure);
        };
    }

    /** For opening a store in a directory. */
    public static StoreException ofOpen(Path directory, FileFailure failure) {
        return switch (failure.kind()) {
            case LOCKED ->
                    new StoreException.Busy(
                            "%s is open already: %s".formatted(directory, text(failure)));
            case MISSING, TOO_MANY_OPEN -> ofRead(failure);
            case DENIED, EXISTS ->
                    new StoreException.Invalid(
                            "%s cannot hold a store: %s".formatted(directory, text(failure)));
            case NO_SPACE -> full(failure, "make room on it");
            case CLOSED, IO ->
                    new StoreException.Failed(text(failure), Outcome.NOT_APPLIED, failure);
        };
    }

    /**
     * For a store that is made in a directory of its own, out of another: where that has no room,
     * which may be on another disk.
     *
     * @param thrown with the failures to delete what was made so far, if any, suppressed
     */
    public static StoreException.Full ofFullTarget(Path target, Throwable thrown) {
        String left =
                Stream.of(thrown.getSuppressed())
                        .map(failure -> "; not deleted: " + failure.getMessage())
                        .collect(Collectors.joining());
        return new StoreException.Full(
                "the disk of %s is full: %s; make room on it, or choose a target on another disk%s"
                        .formatted(target, reason(thrown), left),
                thrown);
    }

    /** As {@link #ofFullTarget} where that is what it is, else as {@link #ofOpen}. */
    public static StoreException ofTarget(Path target, FileFailure failure) {
        return failure.kind() == FileFailure.Kind.NO_SPACE
                ? ofFullTarget(target, failure)
                : ofOpen(target, failure);
    }

    /**
     * For a salvage, which goes on behind what the disk cannot read.
     *
     * @throws FileFailure when it is anything else
     */
    public static void requireUnreadable(FileFailure failure) {
        if (failure.kind() != FileFailure.Kind.IO) {
            throw failure;
        }
    }

    /** What the file system said, without the advice for a store that fills up. */
    private static String reason(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof FileFailure failure) {
                return text(failure);
            }
        }
        return String.valueOf(thrown.getMessage());
    }

    private static StoreException.Full full(FileFailure failure, String remedy) {
        return new StoreException.Full(
                "the disk is full: %s; %s".formatted(text(failure), remedy), failure);
    }

    private static String text(FileFailure failure) {
        return String.valueOf(failure.getMessage());
    }
}
