package cordwood.memory.pool;

import cordwood.memory.stack.StackRoom;

/**
 * Bytes of a pool that are reserved and not yet used, so that small allocations need not take the
 * budget's lock. For any number of threads.
 */
final class ReservedAhead {

    /*
     * Taking and giving are one step each: when an Error comes out of one, it has not happened. What
     * needs more steps, to give back what is too much, is apart: settle.
     */

    /** What is reserved at once; a larger request goes to the account by itself. */
    static final long STEP_BYTES = 64 << 10;

    private final PoolBytes pool;
    private final PaddedLong spareBytes = new PaddedLong();
    private volatile boolean closed;

    ReservedAhead(PoolBytes pool) {
        this.pool = pool;
    }

    /**
     * Takes bytes, and answers whether there were any to take. Nobody is asked for more and nothing
     * is a refusal: the budget may have room for these bytes still, if not for a step.
     */
    boolean tryTake(long bytes) {
        if (bytes >= STEP_BYTES) {
            return pool.tryReserveQuietly(bytes);
        }
        long seen = spareBytes.get();
        while (seen >= bytes) {
            if (spareBytes.compareAndSet(seen, seen - bytes)) {
                return true;
            }
            seen = spareBytes.get();
        }
        StackRoom.require();
        if (!pool.tryReserveQuietly(STEP_BYTES)) {
            return false;
        }
        spareBytes.add(STEP_BYTES - bytes);
        return true;
    }

    /** Gives back bytes that were taken here or elsewhere of the same pool. */
    void give(long bytes) {
        if (bytes >= STEP_BYTES) {
            StackRoom.require();
            pool.release(bytes);
        } else {
            spareBytes.add(bytes);
        }
    }

    /** Releases what is more than is worth keeping of what was given. */
    void settle() {
        if (spareBytes.get() > 2 * STEP_BYTES || closed) {
            releaseSurplus();
        }
    }

    private void releaseSurplus() {
        StackRoom.require();
        long keptBytes = closed ? 0 : STEP_BYTES;
        long seen = spareBytes.get();
        while (seen > keptBytes) {
            if (spareBytes.compareAndSet(seen, keptBytes)) {
                release(seen - keptBytes);
                return;
            }
            seen = spareBytes.get();
        }
    }

    /** Releases everything that is not in use. */
    void drain() {
        StackRoom.require();
        release(spareBytes.getAndSet(0));
    }

    /** Releases what was taken out; it is spare again when that fails. */
    private void release(long bytes) {
        try {
            pool.release(bytes);
        } catch (Throwable failed) {
            spareBytes.add(bytes);
            throw failed;
        }
    }

    /** Keeps nothing from now on: what is given goes back at once. */
    void close() {
        closed = true;
        drain();
    }
}
