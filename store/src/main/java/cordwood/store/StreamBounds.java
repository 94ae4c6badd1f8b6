package cordwood.store;

/**
 * What is left of a stream, as seen by everything acknowledged before the call.
 *
 * @param first lowest visible position; meaningless when {@link #isEmpty()}
 * @param last highest visible position; meaningless when {@link #isEmpty()}
 * @param trimmedTo highest position ever trimmed, or {@link #NEVER_TRIMMED}
 */
public record StreamBounds(long first, long last, long trimmedTo) {

    /** The value of {@code trimmedTo} for a stream that was never trimmed. */
    public static final long NEVER_TRIMMED = Long.MIN_VALUE;

    /** The bounds of a stream with no visible record. */
    public static StreamBounds empty(long trimmedTo) {
        return new StreamBounds(Long.MAX_VALUE, Long.MIN_VALUE, trimmedTo);
    }

    /** Whether no record is visible. */
    public boolean isEmpty() {
        return first > last;
    }
}
