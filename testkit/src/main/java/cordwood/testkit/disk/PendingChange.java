package cordwood.testkit.disk;

/**
 * A change that is visible now and may be missing after a power loss.
 *
 * @param order when it was made, against the other changes of the same disk
 * @param kind what it changed
 * @param name file name, with the names before and after it where they change
 * @param offsetBytes start of a block, or the new length; -1 for directory entries
 */
public record PendingChange(long order, Kind kind, String name, long offsetBytes) {

    /** What a change is made to. */
    public enum Kind {
        /** The content of one block. */
        BLOCK,
        /** The length of a file. */
        LENGTH,
        /** A name in a directory. */
        ENTRY
    }
}
