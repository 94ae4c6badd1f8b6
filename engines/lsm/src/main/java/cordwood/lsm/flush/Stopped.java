package cordwood.lsm.flush;

/** Thrown to give up a table because the store is being closed. */
public final class Stopped extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Says that the store is being closed. */
    public Stopped() {
        super("the store is being closed", null, false, false);
    }
}
