package cordwood.store;

/**
 * A walk over the streams of a space, in no particular order, weakly consistent, confined to the
 * thread that opened it: in others every method throws {@link StoreException.Invalid}. A stream is
 * listed when it has a visible record, a trim point or an attribute.
 */
public interface StreamCursor extends AutoCloseable {

    /** Moves to the next stream; false at the end, from then on always. */
    boolean next();

    /** The current stream. Only after {@link #next()} returned true. */
    long stream();

    /** Ends the walk and frees what it pinned. Idempotent. */
    @Override
    void close();
}
