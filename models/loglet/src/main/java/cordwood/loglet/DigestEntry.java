package cordwood.loglet;

/**
 * A run of offsets that share a state.
 *
 * @param from first offset
 * @param to last offset, at least {@code from}
 * @param state what they have in common
 */
public record DigestEntry(long from, long to, State state) {

    /** What can be known of offsets. */
    public enum State {
        /** Trimmed here. */
        TRIMMED('T'),
        /** Stored here. */
        EXISTS('X');

        private final char code;

        State(char code) {
            this.code = code;
        }

        /** The letter that stands for the state outside of the process; it never changes. */
        public char code() {
            return code;
        }
    }

    /** How many offsets. */
    public long length() {
        return to - from + 1;
    }
}
