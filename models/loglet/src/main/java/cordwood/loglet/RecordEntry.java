package cordwood.loglet;

/** What a read found at an offset, or at each offset of a range. */
public sealed interface RecordEntry {

    /** A record. */
    record Data(long offset, LogRecord record) implements RecordEntry {}

    /** Records that were here and were trimmed; both ends inclusive. */
    record TrimGap(long from, long to) implements RecordEntry {}

    /** Records that are here and that the filter did not want; both ends inclusive. */
    record FilteredGap(long from, long to) implements RecordEntry {}
}
