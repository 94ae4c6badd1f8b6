package cordwood.loglet;

/** One loglet. Thread-safe. */
public final class LogletWorker {

    private final long logletId;

    LogletWorker(long logletId) {
        this.logletId = logletId;
    }

    /** The loglet's number. */
    public long logletId() {
        return logletId;
    }

    /**
     * Hands a request over and returns; never blocks. Requests of one thread are taken in order.
     *
     * @param peer who sent it
     * @param replyTo is told the answer, exactly once
     */
    public void submit(NodeId peer, Request request, ReplyTo replyTo) {
        if (request instanceof Request.Release) {
            return;
        }
        throw new UnsupportedOperationException("request of " + peer + " for " + logletId);
    }
}
