package cordwood.memory.pool;

import cordwood.memory.Account;
import cordwood.memory.Chunks;
import cordwood.memory.Region;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Every slab of one pool by its number: this is how a handle finds its memory and its owner. */
final class SlabTable {

    /*
     * Invariants:
     *   1. A number is given to one slab at a time, and the generations of the next slab start where
     *      those of the last one ended: no handle is ever issued twice.
     *   2. The array is only replaced by a longer one with the same slabs. It is read without
     *      synchronisation: whoever has a handle got it after its slab was put here.
     */

    private final Chunks chunks;
    private final Account account;
    private final long poolTag;
    private final boolean poisoned;
    private final ReentrantLock lock = new ReentrantLock();

    private @Nullable Slab[] slabs = new Slab[64];
    private boolean closed;

    // Guarded by lock.
    private int bins;
    private int numbers;
    private int[] freeNumbers = new int[64];
    private int freeNumberCount;
    private int[] generationByNumber = new int[64];

    /** With {@code poisoned}, every cell is filled with poison before it is first used. */
    SlabTable(Chunks chunks, Account account, long poolTag, boolean poisoned) {
        this.chunks = chunks;
        this.account = account;
        this.poolTag = poolTag;
        this.poisoned = poisoned;
    }

    /** Takes part in {@link #deferredByBin}: answers the bin's place. */
    int addBin() {
        lock.lock();
        try {
            return bins++;
        } finally {
            lock.unlock();
        }
    }

    /**
     * How many cells of each bin are deferred: a word per slab is looked at. Counted here, so that
     * those who free need not.
     */
    long[] deferredByBin() {
        lock.lock();
        try {
            long[] deferred = new long[bins];
            for (Slab slab : slabs) {
                if (slab != null) {
                    slab.bin.countDeferred(slab, deferred);
                }
            }
            return deferred;
        } finally {
            lock.unlock();
        }
    }

    /** The slab a handle names, whose cell may be free by now. */
    Slab find(long handle) {
        @Nullable Slab[] all = slabs;
        int number = Handle.slab(handle, poolTag);
        if (number >= all.length) {
            throw unknown(handle, number);
        }
        Slab slab = all[number];
        if (slab == null) {
            throw unknown(handle, number);
        }
        return slab;
    }

    /** A new slab of {@code bytes} for {@code bin}. */
    Slab add(Bin bin, int slabBytes) {
        Region region = chunks.region(account, slabBytes);
        return add(bin, bin.cellBytes, region, region.memory());
    }

    /** A slab that is one cell of its own: {@code bytes} on the alignment. */
    Slab addSingle(Bin bin, int bytes, int alignmentBytes) {
        long spareBytes = Math.max(0, alignmentBytes - Handle.CELL_ALIGNMENT_BYTES);
        Region region = chunks.region(account, bytes + spareBytes);
        long skipBytes = -region.memory().address() & (alignmentBytes - 1);
        return add(bin, bytes, region, region.memory().asSlice(skipBytes, bytes));
    }

    /** Whether a handle may have been issued from here. */
    boolean isOwn(long handle) {
        return Handle.slab(handle, poolTag) < slabs.length;
    }

    /** Drops a slab and gives its memory back; answers false when somebody still uses a cell. */
    boolean remove(Slab slab) {
        int generation = slab.generationAfter();
        if (generation < 0) {
            return false;
        }
        lock.lock();
        try {
            if (!closed) {
                slabs[slab.number] = null;
                generationByNumber[slab.number] = generation;
                if (generation < Handle.GENERATION_END) {
                    recycle(slab.number);
                }
            }
        } finally {
            lock.unlock();
        }
        slab.release();
        return true;
    }

    /** Gives all memory back; from now on every look-up throws. */
    void close() {
        lock.lock();
        try {
            closed = true;
            for (Slab slab : slabs) {
                if (slab != null) {
                    slab.release();
                }
            }
            slabs = new Slab[0];
        } finally {
            lock.unlock();
        }
    }

    private Slab add(Bin bin, int cellBytes, Region region, MemorySegment memory) {
        if (poisoned) {
            memory.fill(Guards.POISON);
        }
        lock.lock();
        try {
            if (closed) {
                region.close();
                throw closed();
            }
            int number = takeNumber(region);
            long tag = Handle.slabTag(poolTag, number);
            int generation = generationByNumber[number];
            Slab slab = new Slab(bin, number, tag, cellBytes, region, memory, generation);
            slabs[number] = slab;
            return slab;
        } finally {
            lock.unlock();
        }
    }

    private int takeNumber(Region region) {
        if (freeNumberCount > 0) {
            return freeNumbers[--freeNumberCount];
        }
        if (numbers == Handle.SLABS_MAX) {
            region.close();
            throw new IllegalStateException("the pool has used all slab numbers");
        }
        if (numbers == slabs.length) {
            slabs = Arrays.copyOf(slabs, numbers * 2);
            generationByNumber = Arrays.copyOf(generationByNumber, numbers * 2);
        }
        return numbers++;
    }

    private void recycle(int number) {
        if (freeNumberCount == freeNumbers.length) {
            freeNumbers = Arrays.copyOf(freeNumbers, freeNumberCount * 2);
        }
        freeNumbers[freeNumberCount++] = number;
    }

    private RuntimeException unknown(long handle, int number) {
        if (closed) {
            return closed();
        }
        return number < Handle.SLABS_MAX && number < slabs.length
                ? BadHandle.stale(handle)
                : BadHandle.foreign(handle);
    }

    private static IllegalStateException closed() {
        return new IllegalStateException("the pool is closed");
    }
}
