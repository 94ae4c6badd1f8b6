package cordwood.loglet;

/** Takes the answer to one request. */
@FunctionalInterface
public interface ReplyTo {

    /** For requests that are never answered. */
    ReplyTo NOBODY = _ -> {};

    /**
     * Called exactly once per request that {@link LogletWorker#submit} took without throwing, never
     * for {@link Request.Release}. What it throws is logged and harms nobody; an interrupt that it
     * leaves on a thread of ours is forgotten.
     *
     * <p>Runs on the loglet's worker or on a reader's thread and holds up what they do, so it must
     * not block; a request refused at the door (malformed, overload, or after close) is answered on
     * the submitting thread before {@code submit} returns.
     */
    void reply(Response response);
}
