package cordwood.testkit.history;

/**
 * What random histories look like.
 *
 * @param steps how many steps
 * @param streams how many streams they touch, in each of two spaces
 * @param batchEntriesMax most entries of a batch
 * @param valueBytesMax longest value
 * @param reopens whether the store is reopened now and then
 */
public record HistoryShape(
        int steps, int streams, int batchEntriesMax, int valueBytesMax, boolean reopens) {

    /** Few streams, small values, reopened now and then. */
    public static HistoryShape ofSteps(int steps) {
        return new HistoryShape(steps, 4, 12, 200, true);
    }

    /** The same without reopening. */
    public HistoryShape withoutReopens() {
        return new HistoryShape(steps, streams, batchEntriesMax, valueBytesMax, false);
    }
}
