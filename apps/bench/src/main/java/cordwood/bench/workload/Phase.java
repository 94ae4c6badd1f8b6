package cordwood.bench.workload;

/**
 * How much one client does in a phase.
 *
 * @param recordCount records, or {@link Long#MAX_VALUE} where only time ends the phase
 * @param deadlineNanos when to begin nothing new, on {@link System#nanoTime()}
 * @param timed whether the deadline counts
 */
public record Phase(long recordCount, long deadlineNanos, boolean timed) {

    /** A number of records. */
    public static Phase ofRecords(long recordCount) {
        return new Phase(recordCount, 0, false);
    }

    /** Until a time. */
    public static Phase until(long deadlineNanos) {
        return new Phase(Long.MAX_VALUE, deadlineNanos, true);
    }

    /** Whether its time is over. */
    public boolean isOver(long nowNanos) {
        return timed && nowNanos - deadlineNanos >= 0;
    }

    /**
     * The share of one of several clients that take whole batches in turn; the one whose turn comes
     * last gets the short batch.
     */
    public static long share(long recordCount, int recordsPerBatch, int clientCount, int client) {
        long batchCount = Math.ceilDiv(recordCount, recordsPerBatch);
        long mine = batchCount / clientCount + (client < batchCount % clientCount ? 1 : 0);
        long missing = batchCount * recordsPerBatch - recordCount;
        boolean last = batchCount > 0 && client == (batchCount - 1) % clientCount;
        return mine * recordsPerBatch - (last ? missing : 0);
    }
}
