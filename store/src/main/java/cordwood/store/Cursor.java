package cordwood.store;

import java.lang.foreign.MemorySegment;

/**
 * A walk over records of one stream. It is a flyweight confined to the thread that opened it and
 * allocates nothing per record.
 *
 * <p>It sees everything acknowledged before it was opened and is not a snapshot: records
 * acknowledged later may or may not appear, and records trimmed meanwhile may vanish. The caller
 * closes it; using it after it or the store was closed throws {@link StoreException.Closed}, and
 * asking for a current record where there is none, or using it in another thread, {@link
 * StoreException.Invalid}.
 */
public interface Cursor extends AutoCloseable {

    /** Moves to the next record; false at the end of the range, from then on always. */
    boolean next();

    /** Position of the current record. Only after {@link #next()} returned true. */
    long position();

    /**
     * Bytes of the current record: read-only, owned by the cursor, valid until the next call of
     * {@link #next()} or {@link #close()}. Kept for longer they may be those of other records.
     */
    MemorySegment value();

    /** Ends the walk and frees what it pinned. Idempotent. */
    @Override
    void close();
}
