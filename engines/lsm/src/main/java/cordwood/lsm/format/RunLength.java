package cordwood.lsm.format;

/**
 * How long the runs of streams in a table are: the records of one stream that lie behind each
 * other.
 */
public enum RunLength {
    /** Some streams share blocks: such tables are merged until their runs are long. */
    SHORT,
    /** A block or more for each stream: read as fast as can be, and written once. */
    LONG
}
