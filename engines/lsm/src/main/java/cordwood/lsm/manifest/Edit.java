package cordwood.lsm.manifest;

/** One change of what is on record. Changes made together are one frame of the manifest. */
public sealed interface Edit {

    /** A table's file is complete and synced. */
    record AddTable(TableEntry table) implements Edit {}

    /** A table is no longer needed. */
    record DropTable(long number) implements Edit {}

    /** A segment's file is there and may be written to from now on; older stores know no size. */
    record AddSegment(long number, long sizeBytes) implements Edit {}

    /** A segment was begun at a position of the log. */
    record BeginSegment(long number, long startPosition) implements Edit {}

    /** The log was synced up to a position. */
    record Synced(long position) implements Edit {}

    /** A segment ends where it says: what is before was synced, what is behind does not count. */
    record SettleSegment(long number, long endBytes, long lastSequence) implements Edit {}

    /** A segment is no longer needed. */
    record DropSegment(long number) implements Edit {}

    /** All batches up to a sequence are in tables. */
    record Flushed(long sequence) implements Edit {}

    /** The segments on record start at a position of the log, or behind it. */
    record LogStart(long position) implements Edit {}

    /** File numbers up to this one were given out. */
    record Numbered(long number) implements Edit {}
}
