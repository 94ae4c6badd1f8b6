package cordwood.loglet;

/** How a request went. */
public enum Status {
    /** Nothing is known. */
    UNKNOWN(0),
    /** Done, at the durability level of the server. */
    OK(1),
    /** The storage takes no writes any more, or is closing. */
    DISABLED(2),
    /**
     * Expired, given up, or refused for want of room: it has had no effect that anybody saw, and
     * may be repeated.
     */
    DROPPED(3),
    /** The loglet is sealed. */
    SEALED(4),
    /** A repair must wait until the seal under way is durable. */
    SEALING(5),
    /** The sender is not the sequencer of this loglet. */
    SEQUENCER_MISMATCH(6),
    /** The store would leave a gap that nothing explains. */
    OUT_OF_BOUNDS(7),
    /** The request makes no sense: repeating it fails again. */
    MALFORMED(8);

    private final int number;

    Status(int number) {
        this.number = number;
    }

    /** The number that stands for this status outside of the process; it never changes. */
    public int number() {
        return number;
    }
}
