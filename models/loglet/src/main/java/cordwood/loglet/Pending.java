package cordwood.loglet;

/** A request that was submitted. Thread-safe. */
@FunctionalInterface
public interface Pending {

    /** What cannot be given up. */
    Pending FIXED = () -> {};

    /**
     * Gives up waiting for a tail: the request is answered {@link Status#DROPPED} soon, unless it
     * is answered otherwise meanwhile. Other requests go on. Never blocks; any number of times.
     */
    void cancel();
}
