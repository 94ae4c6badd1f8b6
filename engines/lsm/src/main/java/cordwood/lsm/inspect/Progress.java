package cordwood.lsm.inspect;

/** Told how far something long has come, on the thread that does it. */
@FunctionalInterface
public interface Progress {

    /** So many bytes of all are done. */
    void done(long doneBytes, long allBytes);
}
