package cordwood.lsm.inspect;

/**
 * How much of a file to show.
 *
 * @param records whether to show each record
 * @param linesMax most lines of each file
 */
public record DumpOptions(boolean records, long linesMax) {

    /** Everything but the records. */
    public static final DumpOptions OUTLINE = new DumpOptions(false, Long.MAX_VALUE);
}
