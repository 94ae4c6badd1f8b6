package cordwood.store;

/** The direction of a read. */
public enum Order {
    /** Positions rise. */
    FORWARD,
    /** Positions fall. */
    BACKWARD
}
