package cordwood.loglet;

/**
 * What every request carries.
 *
 * @param logletId the loglet, any 64 bits
 * @param knownGlobalTail the highest tail that the sender knows to be replicated, or {@link
 *     LogletOffset#INVALID}
 */
public record RequestHeader(long logletId, long knownGlobalTail) {

    /** Checks the tail's range. */
    public RequestHeader {
        LogletOffset.requireFits(knownGlobalTail);
    }

    /** A header of a sender that knows no global tail. */
    public static RequestHeader of(long logletId) {
        return new RequestHeader(logletId, LogletOffset.INVALID);
    }
}
