package cordwood.bench.read;

import java.util.Locale;

/** What readers do. */
public enum ReadKind {
    /** Every stream from end to end, one after the other. */
    SCAN,
    /** So many records at a random place of a random stream. */
    RANGE,
    /** The last so many records of a random stream. */
    LAST,
    /** What a writer adds meanwhile, stream by stream. */
    FOLLOW;

    /** The word for it in flags and result files. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether a read is of a number of records that is asked for. */
    public boolean isNarrow() {
        return this == RANGE || this == LAST;
    }
}
