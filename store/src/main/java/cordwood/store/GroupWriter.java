package cordwood.store;

/** An engine's side of the committer: makes a group of batches durable and visible. */
@FunctionalInterface
public interface GroupWriter {

    /**
     * Writes the whole group, syncs once when {@link CommitGroup#sync()} asks for it, and makes it
     * visible to reads before returning. Called by one thread at a time. Whatever may refuse the
     * group, reads of the engine's own included, comes before anything of it is written.
     *
     * @throws StoreException.Failed to stop all later writes for good; its outcome holds for every
     *     batch of the group, so it is {@code UNKNOWN} once anything of it was written
     * @throws StoreException of any other kind to refuse this group only, of which nothing was
     *     written, nor ever will be visible
     */
    void write(CommitGroup group);

    /**
     * Whether a group can be taken now; asked before one is gathered. After an answer of false the
     * engine calls {@link GroupCommitter#wake} once it may be true. Cheap; called by the thread
     * that writes. While the committer is being closed the answer must be true.
     *
     * @param nextFootprintBytes footprint of the batch that the group will begin with, 0 where none
     *     waits
     */
    default boolean isReady(long nextFootprintBytes) {
        return true;
    }

    /**
     * Writes have stopped for good, whatever the reason: nothing is asked of the writer any more,
     * and whoever waits for it must be told. Called by the thread that writes.
     */
    default void stopped(StoreException.Failed because) {}
}
