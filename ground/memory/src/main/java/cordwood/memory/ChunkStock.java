package cordwood.memory;

import org.jspecify.annotations.Nullable;

/**
 * The chunks that were taken from the system and not yet given back. One that is being given back
 * is off the shelf, so that nobody cuts from it, and counted until it is gone; when a system call
 * still uses it, it goes back on the shelf.
 */
final class ChunkStock {

    private final Object lock;
    private final Budget budget;
    private final Account idle;

    // Guarded by lock, which is that of Chunks.
    final ChunkShelf shelf = new ChunkShelf();
    private long nativeBytes;
    private int leaving;
    private long leavingBytes;

    /** Those being given back, linked as on the shelf, in the order of their numbers. */
    private @Nullable Chunk firstLeaving;

    private @Nullable Chunk newestLeaving;
    private long lastLeaving;
    private long opened;
    private long closed;

    ChunkStock(Object lock, Budget budget, Account idle) {
        this.lock = lock;
        this.budget = budget;
        this.idle = idle;
    }

    /**
     * The chunk to cut so many granules from for {@code waiter}, or with null for a newcomer;
     * called with the lock held. What the first in line lacks he gets from chunks that run empty:
     * the sparsest are left to him, so that others cannot keep all of them in use for ever.
     */
    @Nullable Chunk find(int granules, @Nullable Waiter waiter) {
        Chunk chunk = shelf.find(granules);
        if (chunk == null) {
            return null;
        }
        long lackedBytes = budget.lackedBytes(waiter, chunk.granules());
        boolean free =
                lackedBytes <= 0
                        || (lackedBytes < nativeBytes && shelf.hasBehind(chunk, lackedBytes));
        return free ? chunk : null;
    }

    /** Puts a new chunk on the shelf; called with the lock held. */
    void add(Chunk chunk) {
        shelf.add(chunk);
        nativeBytes += chunk.nativeBytes();
        opened++;
    }

    /** Takes an empty chunk off the shelf to be closed; called with the lock held. */
    void detach(Chunk chunk) {
        shelf.remove(chunk);
        Chunk before = newestLeaving;
        lastLeaving++;
        chunk.leavingNumber = lastLeaving;
        chunk.previous = before;
        if (before == null) {
            firstLeaving = chunk;
        } else {
            before.next = chunk;
        }
        newestLeaving = chunk;
        leaving++;
        leavingBytes += chunk.nativeBytes();
    }

    private void unlinkLeaving(Chunk chunk) {
        Chunk before = chunk.previous;
        Chunk after = chunk.next;
        if (before == null) {
            firstLeaving = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            newestLeaving = before;
        } else {
            after.previous = before;
        }
        chunk.previous = null;
        chunk.next = null;
        leaving--;
        leavingBytes -= chunk.nativeBytes();
    }

    /** Detaches the chunk that has been empty for the longest time. */
    @Nullable Chunk detachOldest() {
        synchronized (lock) {
            Chunk chunk = shelf.oldestEmpty();
            if (chunk != null) {
                detach(chunk);
            }
            return chunk;
        }
    }

    /** Gives a detached chunk back, with no lock held; answers whether it is gone. */
    boolean close(Chunk chunk) {
        boolean gone = false;
        try {
            chunk.close();
        } catch (IllegalStateException stillUsed) {
            // Tried again at the next upkeep.
        } finally {
            gone = !chunk.isAlive();
            synchronized (lock) {
                unlinkLeaving(chunk);
                if (gone) {
                    nativeBytes -= chunk.nativeBytes();
                    closed++;
                    budget.release(idle, chunk.nativeBytes());
                } else {
                    shelf.add(chunk);
                }
                lock.notifyAll();
            }
        }
        return gone;
    }

    /** Gives every empty chunk back, with no lock held; answers whether there were any. */
    boolean closeEmpty() {
        int count;
        synchronized (lock) {
            count = shelf.emptyCount();
        }
        boolean some = false;
        while (count-- > 0) {
            Chunk chunk = detachOldest();
            if (chunk == null) {
                break;
            }
            some |= close(chunk);
        }
        return some;
    }

    long nativeBytes() {
        synchronized (lock) {
            return nativeBytes;
        }
    }

    /** Native bytes of the chunks being given back. */
    long leavingBytes() {
        synchronized (lock) {
            return leavingBytes;
        }
    }

    /** The number of the chunk that began last to be given back. */
    long lastLeaving() {
        synchronized (lock) {
            return lastLeaving;
        }
    }

    /** Whether none is being given back any more of those up to that number. */
    boolean haveLeft(long number) {
        synchronized (lock) {
            Chunk oldest = firstLeaving;
            return oldest == null || oldest.leavingNumber > number;
        }
    }

    int leaving() {
        synchronized (lock) {
            return leaving;
        }
    }

    long opened() {
        synchronized (lock) {
            return opened;
        }
    }

    long closed() {
        synchronized (lock) {
            return closed;
        }
    }
}
