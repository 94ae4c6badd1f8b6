package cordwood.store;

import org.jspecify.annotations.Nullable;

/**
 * Commits that are done and whose waiters must be told: an unbounded queue with one producer, the
 * committing step, and one consumer, the notifying step, linked through the commits themselves.
 */
final class CompletionQueue {

    // confined to the producer
    private Commit tail = new Commit(null, null, Durability.BUFFERED, 0, 0);
    // confined to the consumer
    private Commit head = tail;

    void offer(Commit commit) {
        tail.linkNext(commit);
        tail = commit;
    }

    @Nullable Commit poll() {
        Commit first = head.nextAcquire();
        if (first != null) {
            head.unlink(); // else whoever keeps one commit would keep all after it
            head = first;
        }
        return first;
    }
}
