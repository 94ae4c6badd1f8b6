package cordwood.store;

/** An engine's side of the committer: makes a group of batches durable and visible. */
@FunctionalInterface
public interface GroupWriter {

    /**
     * Writes the whole group, syncs once when {@link CommitGroup#sync()} asks for it, and makes it
     * visible to reads before returning. Called by one thread at a time.
     *
     * <p>All that may be refused comes before the first effect. Once any part of the group may be
     * there, whatever goes wrong is a {@link StoreException.Failed} of outcome {@code UNKNOWN}, or
     * an exception that is no {@link StoreException}, which counts as that.
     *
     * @throws StoreException.Failed to stop all later writes for good; its outcome holds for the
     *     whole group
     * @throws StoreException of any other kind to fail this group only: nothing of it is there, nor
     *     will be after recovery
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
