package cordwood.store;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Ordered streams of records. A record is bytes at a signed 64-bit position of a stream of a space.
 *
 * <p>Meaning, the same in every engine:
 *
 * <ol>
 *   <li>A batch is atomic per stream, with that stream's attributes. Across streams its parts apply
 *       in order and a crash leaves a prefix, unless the engine promises more.
 *   <li>Commits take positions in one sequence per store; a commit that completes at a level
 *       implies that every earlier one has reached it, except those that were told they failed.
 *   <li>What was acknowledged is visible to every read that starts later.
 *   <li>Of two puts at the same position the later wins.
 *   <li>A trim hides every position up to and including its own, is durable before it completes at
 *       any level, never moves back, and gives the space back. A put at or below it is dropped.
 * </ol>
 *
 * <p>Thread-safe, except that a batch belongs to one thread at a time and a cursor to the one that
 * opened it. After {@link #close()} every method throws {@link StoreException.Closed}.
 */
public interface StreamStore extends AutoCloseable {

    /**
     * A new empty batch in the engine's own encoding. The caller owns and closes it; it may be
     * cleared and used again once its commit is done.
     */
    WriteBatch newBatch();

    /**
     * Hands a batch over, waiting for admission up to the engine's deadline when too much is under
     * way. The batch must not be touched until the commit is done.
     *
     * @throws StoreException.Invalid when the batch is empty, was appended already, is another
     *     store's, or depends on another store's commit
     * @throws StoreException.Busy when the deadline passed before there was room, or the waiting
     *     thread was interrupted
     * @throws StoreException.Failed when writes have stopped for good
     * @throws StoreException.Closed when the batch or the store is closed
     */
    Commit append(WriteBatch batch, Durability level);

    /**
     * As {@link #append}, but refuses at once with {@link StoreException.Busy} where that would
     * wait.
     */
    Commit tryAppend(WriteBatch batch, Durability level);

    /**
     * Opens a walk over the records of a stream between two positions, both inclusive, clipped to
     * what was not trimmed. An empty range is an empty walk.
     */
    Cursor read(Space space, long stream, long from, long to, Order order);

    /** First and last visible position of a stream and how far it was trimmed. */
    StreamBounds bounds(Space space, long stream);

    /**
     * An attribute of a stream, or null when it was never set. The result is a copy on the heap,
     * owned by the caller.
     *
     * @param id 0 to {@link WriteBatch#ATTRIBUTE_ID_MAX}
     */
    @Nullable MemorySegment attribute(Space space, long stream, int id);

    /** Opens a walk over the streams of a space. */
    StreamCursor streams(Space space);

    /** The highest commit sequence that has reached a level; 0 before the first. */
    long watermark(Durability level);

    /** What the store has done and holds, at this moment. Safe while everything runs. */
    StoreMetrics metrics();

    /** The size limits in force, which never change while the store is open. */
    StoreLimits limits();

    /** The engine's own statistics as text for people, possibly empty; no format is promised. */
    default String statistics() {
        return "";
    }

    /**
     * Completes what was accepted, releases the directory and all memory, also where it throws.
     * Idempotent. Waits for commits under way, and for a close under way; later calls of anything
     * else are refused. An interrupt does not end it; it is kept for the caller.
     *
     * <p>A listener may close its store: listeners that are not told yet are told after it
     * returned. While another thread closes, it returns at once. It may close another store, too,
     * and waits for that one's listeners then: two that close each other's wait for ever.
     */
    @Override
    void close();
}
