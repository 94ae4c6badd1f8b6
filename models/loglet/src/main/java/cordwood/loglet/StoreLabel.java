package cordwood.loglet;

/** What became of a {@link Request.Store}, as it is counted. */
public enum StoreLabel {
    /** Committed. */
    OK,
    /** A repair, committed. */
    REPAIR,
    /** Acknowledged without writing: the records were here, or on their way. */
    DUPLICATE,
    /** Refused: the loglet is sealed. */
    SEALED,
    /** A repair refused while the seal is under way. */
    SEALING,
    /** Refused: the storage takes no writes. */
    DISABLED,
    /** Refused: it came after its timeout. */
    EXPIRED,
    /** Refused for want of room. */
    DROPPED,
    /** Refused: from somebody else than the sequencer. */
    SEQUENCER_MISMATCH,
    /** Refused: it would leave a gap. */
    OUT_OF_BOUNDS,
    /** Refused: it makes no sense. */
    MALFORMED
}
