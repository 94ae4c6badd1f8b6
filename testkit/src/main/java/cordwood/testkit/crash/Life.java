package cordwood.testkit.crash;

import java.util.List;
import java.util.stream.Stream;

/** What is done to a store, in order, by sweeps that disturb each call of the disk in turn. */
public enum Life {
    /** Passes twice through every file protocol. */
    EVERY_PROTOCOL,
    /** Has tables merged, written anew and dropped, by the store itself and on request. */
    MERGES,
    /** Has one written anew on a disk that is full before it; the disk must be small. */
    MERGES_ON_A_FULL_DISK;

    List<Script> calls() {
        return switch (this) {
            case EVERY_PROTOCOL ->
                    Stream.of(Script.each(), Script.each()).flatMap(List::stream).toList();
            case MERGES ->
                    List.of(
                            Script.ROWS,
                            Script.REST,
                            Script.TABLE,
                            Script.TRIM_MOST,
                            Script.REOPEN, // whereupon it looks at once what was trimmed
                            Script.REST,
                            Script.ROWS,
                            Script.CHECKPOINT,
                            Script.COMPACT,
                            Script.TRIM_ALL,
                            Script.REST);
            case MERGES_ON_A_FULL_DISK ->
                    List.of(
                            Script.LARGE_TABLE,
                            Script.FILL,
                            Script.TRIM_MOST,
                            Script.REST_LATER,
                            Script.APPEND_DURABLE);
        };
    }
}
