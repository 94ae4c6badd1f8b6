package cordwood.bench.run;

/**
 * How much one client writes in a phase.
 *
 * @param recordCount records to write, or {@link Long#MAX_VALUE} where only time ends the phase
 * @param deadlineNanos when to begin nothing new, on {@link System#nanoTime()}
 * @param timed whether the deadline counts
 */
record WritePhase(long recordCount, long deadlineNanos, boolean timed) {

    static WritePhase ofRecords(long recordCount) {
        return new WritePhase(recordCount, 0, false);
    }

    static WritePhase until(long deadlineNanos) {
        return new WritePhase(Long.MAX_VALUE, deadlineNanos, true);
    }

    boolean isOver(long nowNanos) {
        return timed && nowNanos - deadlineNanos >= 0;
    }

    /**
     * The share of one of several clients that take whole batches in turn; the one whose turn comes
     * last gets the short batch.
     */
    static long share(long recordCount, int recordsPerBatch, int clientCount, int client) {
        long batchCount = Math.ceilDiv(recordCount, recordsPerBatch);
        long mine = batchCount / clientCount + (client < batchCount % clientCount ? 1 : 0);
        long missing = batchCount * recordsPerBatch - recordCount;
        boolean last = batchCount > 0 && client == (batchCount - 1) % clientCount;
        return mine * recordsPerBatch - (last ? missing : 0);
    }
}
