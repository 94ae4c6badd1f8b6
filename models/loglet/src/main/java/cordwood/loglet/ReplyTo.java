package cordwood.loglet;

/** Takes the answer to one request. */
@FunctionalInterface
public interface ReplyTo {

    /** For requests that are never answered. */
    ReplyTo NOBODY = _ -> {};

    /**
     * Called exactly once per request, never for {@link Request.Release}. Runs on the loglet's
     * worker or on a reader's thread and holds up what they do, so it must not block; a request
     * refused at the door (overload, or after close) is answered on the submitting thread before
     * {@link LogletWorker#submit} returns.
     */
    void reply(Response response);
}
