package cordwood.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Commits waiting for the committing step, in sequence order: a bounded ring with many producers
 * and one consumer. A producer's place in the ring is its commit's sequence.
 */
final class CommitQueue {

    /*
     * Invariants: 1. consumed <= produced <= consumed + capacity. 2. A slot is written by the producer
     * that claimed its index and cleared by the consumer before `consumed` passes it. 3. Once SEALED is
     * in `produced` it never changes again, so the consumer can tell that it has seen everything.
     */
    static final long SEALED = Long.MIN_VALUE;

    private static final VarHandle PRODUCED;
    private static final VarHandle CONSUMED;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            PRODUCED = lookup.findVarHandle(CommitQueue.class, "produced", long.class);
            CONSUMED = lookup.findVarHandle(CommitQueue.class, "consumed", long.class);
            new AtomicReferenceArray<>(1).setRelease(0, null); // the first call needs most stack
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final AtomicReferenceArray<@Nullable Commit> slots;
    private final int mask;
    private volatile long produced;
    private volatile long consumed;

    CommitQueue(int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("capacity " + capacity + " is not a power of two");
        }
        slots = new AtomicReferenceArray<>(capacity);
        mask = capacity - 1;
    }

    /**
     * Publishes a commit: its sequence from 1, or {@link #SEALED}. Admission keeps the number of
     * queued commits within the capacity.
     */
    long offer(Commit commit) {
        long index;
        do {
            index = produced;
            if (index < 0) {
                return SEALED;
            }
            if (index - consumed > mask) {
                throw new IllegalStateException("more commits queued than admitted: " + mask);
            }
        } while (!PRODUCED.compareAndSet(this, index, index + 1));
        commit.enqueuedAs(index + 1);
        slots.setRelease((int) index & mask, commit);
        return index + 1;
    }

    /** The next commit, or null when none is published yet. Consumer only. */
    @Nullable Commit peek() {
        return slots.getAcquire((int) consumed & mask);
    }

    /** Removes what {@link #peek} returned. Consumer only. */
    void remove() {
        long index = consumed;
        slots.setPlain((int) index & mask, null);
        CONSUMED.setRelease(this, index + 1);
    }

    /** Refuses all later offers. */
    void seal() {
        long index;
        do {
            index = produced;
        } while (index >= 0 && !PRODUCED.compareAndSet(this, index, index | SEALED));
    }

    /** Whether the ring is sealed while a producer has claimed a slot that it has yet to fill. */
    boolean isAwaitingPublication() {
        long index = produced;
        return index < 0 && (index & ~SEALED) != consumed;
    }
}
