package cordwood.memory;

import org.jspecify.annotations.Nullable;

/**
 * A chunk to be made. Its bytes are reserved when it is placed; it holds them until it is done, and
 * whoever placed it holds the granules cut for it until he has made a region of them or given them
 * back.
 */
final class ChunkOrder {

    /** For whom granules are cut from the new chunk; null when it is made ahead of need. */
    final @Nullable Account account;

    final int granules;

    // Guarded by the lock of Chunks.
    long nativeBytes;
    boolean byCaller;

    /** Whether the one who placed it has gone. */
    boolean abandoned;

    boolean done;
    @Nullable Throwable refusal;
    @Nullable Chunk chunk;
    int firstGranule;
    @Nullable ChunkOrder next;

    ChunkOrder(@Nullable Account account, int granules) {
        this.account = account;
        this.granules = granules;
    }

    /** One that nothing is to be done for. */
    static ChunkOrder done() {
        ChunkOrder order = new ChunkOrder(null, 0);
        order.done = true;
        return order;
    }
}
