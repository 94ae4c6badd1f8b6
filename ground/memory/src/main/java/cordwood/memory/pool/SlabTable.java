package cordwood.memory.pool;

import cordwood.memory.Account;
import cordwood.memory.Chunks;
import cordwood.memory.HeapRefused;
import cordwood.memory.MemoryRefused;
import cordwood.memory.Region;
import cordwood.memory.stack.StackRoom;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Every slab of one pool by its number: this is how a handle finds its memory and its owner. */
final class SlabTable {

    /*
     * Invariants:
     *   1. A number is given to one slab at a time, and the generations of the next slab start where
     *      those of the last one ended: no handle is ever issued twice.
     *   2. The array is only replaced by a longer one with the same slabs. It is read without
     *      synchronisation: whoever has a handle got it after its slab was put here.
     *   3. A slab is here before it gets memory and after it has given it back, so that no region is
     *      without an owner. heldBytes is what the regions of the slabs here are charged with.
     *
     * All heap that a number may ever need is taken when the number is new: removing a slab allocates
     * nothing.
     */

    private final Chunks chunks;
    private final Account account;
    private final HandleSeries series;
    private final long poolTag;
    private final boolean poisoned;

    private @Nullable Slab[] slabs = new Slab[64];
    private volatile boolean closed;

    // Guarded by this.
    private int bins;
    private int numbers;
    private int[] freeNumbers = new int[64];
    private int freeNumberCount;
    private int[] generationByNumber = new int[64];
    private int generationReached;
    private long heldBytes;
    private long heldBytesPeak;

    /** With {@code poisoned}, every cell is filled with poison before it is first used. */
    SlabTable(Chunks chunks, Account account, HandleSeries series, boolean poisoned) {
        this.chunks = chunks;
        this.account = account;
        this.series = series;
        this.poolTag = series.poolTag();
        this.poisoned = poisoned;
        this.generationReached = series.firstGeneration();
        Arrays.fill(generationByNumber, series.firstGeneration());
    }

    /** Takes part in {@link #deferredByBin}: answers the bin's place. */
    synchronized int addBin() {
        return bins++;
    }

    /**
     * How many cells of each bin are deferred: a word per slab is looked at. Counted here, so that
     * those who free need not.
     */
    synchronized long[] deferredByBin() {
        long[] deferred = new long[bins];
        for (Slab slab : slabs) {
            if (slab != null) {
                slab.bin.countDeferred(slab, deferred);
            }
        }
        return deferred;
    }

    /** A slab of the bin in which a free from outside was cut short. */
    synchronized @Nullable Slab firstCutShort(Bin bin) {
        for (Slab slab : slabs) {
            if (slab != null && slab.cutShort && slab.bin.equals(bin)) {
                return slab;
            }
        }
        return null;
    }

    /** Bytes charged for the slabs there are. */
    synchronized long heldBytes() {
        return heldBytes;
    }

    /** The most that was charged for slabs at once. */
    synchronized long heldBytesPeak() {
        return heldBytesPeak;
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

    /** A new slab for {@code bin}, to be offered to it; null when there is no room for it. */
    @Nullable Slab add(Bin bin) {
        try {
            return add(bin, bin.slabCells(), false);
        } catch (HeapRefused _) {
            return null;
        }
    }

    /**
     * As {@link #add(Bin)}, but everybody is asked to give back, and a slab of few cells is better
     * than none.
     *
     * @throws MemoryRefused when there is no memory even for one cell
     */
    Slab addInsisting(Bin bin) {
        int cells = bin.slabCells();
        while (true) {
            try {
                return insisting(add(bin, cells, true));
            } catch (MemoryRefused refusal) {
                if (cells == 1 || (long) cells * bin.cellBytes <= Chunks.GRANULE_BYTES) {
                    throw refusal;
                }
                cells /= 2;
            }
        }
    }

    private @Nullable Slab add(Bin bin, int cells, boolean insist) {
        int alignmentBytes = SizeClasses.alignmentBytes(bin.cellBytes);
        long bytes = (long) cells * bin.cellBytes;
        return add(bin, cells, bin.cellBytes, bytes, alignmentBytes, insist);
    }

    private static Slab insisting(@Nullable Slab slab) {
        if (slab == null) {
            throw new AssertionError("neither served nor refused");
        }
        return slab;
    }

    /** A slab that is one cell of its own: {@code bytes} on the alignment. */
    Slab addSingle(Bin bin, int bytes, int alignmentBytes) {
        long spareBytes = Math.max(0, alignmentBytes - Handle.CELL_ALIGNMENT_BYTES);
        return insisting(add(bin, 1, bytes, bytes + spareBytes, alignmentBytes, true));
    }

    private @Nullable Slab add(
            Bin bin, int cells, int cellBytes, long bytes, int alignmentBytes, boolean insist) {
        StackRoom.require();
        Slab slab = begin(bin, cells, cellBytes, alignmentBytes);
        try {
            Region region =
                    insist ? chunks.region(account, bytes) : chunks.tryRegion(account, bytes);
            if (region == null) {
                unregister(slab);
                return null;
            }
            slab.own(region);
            MemorySegment memory = region.memory();
            if (poisoned) {
                memory.fill(Guards.POISON);
            }
            long skipBytes = -memory.address() & (alignmentBytes - 1);
            slab.furnish(memory.asSlice(skipBytes, (long) cells * cellBytes));
            count(slab);
            return slab;
        } catch (Throwable refused) {
            unregister(slab);
            throw refused;
        }
    }

    private Slab begin(Bin bin, int cells, int cellBytes, int alignmentBytes) {
        try {
            return register(bin, cells, cellBytes, alignmentBytes);
        } catch (OutOfMemoryError full) {
            throw new HeapRefused(cells * (long) Long.BYTES);
        }
    }

    private synchronized void count(Slab slab) {
        requireOpen();
        heldBytes += slab.chargedBytes();
        heldBytesPeak = Math.max(heldBytesPeak, heldBytes);
        slab.counted = true;
    }

    private synchronized Slab register(Bin bin, int cells, int cellBytes, int alignmentBytes) {
        requireOpen();
        boolean isNew = freeNumberCount == 0;
        if (isNew) {
            makeRoom();
        }
        int number = isNew ? numbers : freeNumbers[freeNumberCount - 1];
        long tag = Handle.slabTag(poolTag, number);
        Slab slab =
                new Slab(
                        bin,
                        number,
                        tag,
                        generationByNumber[number],
                        cells,
                        cellBytes,
                        alignmentBytes);
        slabs[number] = slab;
        if (isNew) {
            numbers++;
        } else {
            freeNumberCount--;
        }
        return slab;
    }

    private void makeRoom() {
        if (numbers == Handle.SLABS_MAX) {
            throw new IllegalStateException("the pool has used all slab numbers");
        }
        if (numbers == slabs.length) {
            @Nullable Slab[] more = Arrays.copyOf(slabs, numbers * 2);
            int[] moreNumbers = Arrays.copyOf(freeNumbers, numbers * 2);
            int[] moreGenerations = Arrays.copyOf(generationByNumber, numbers * 2);
            Arrays.fill(moreGenerations, numbers, numbers * 2, series.firstGeneration());
            generationByNumber = moreGenerations;
            freeNumbers = moreNumbers;
            slabs = more;
        }
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
        drop(slab, generation);
        slab.release();
        return true;
    }

    /** Drops a slab that was never offered. */
    private void unregister(Slab slab) {
        drop(slab, slab.generationAfter());
        slab.release();
    }

    private synchronized void drop(Slab slab, int generation) {
        if (slabs.length == 0) {
            return;
        }
        if (slab.counted) {
            heldBytes -= slab.chargedBytes();
        }
        generationReached = Math.max(generationReached, generation);
        generationByNumber[slab.number] = generation;
        slabs[slab.number] = null;
        if (generation <= Handle.GENERATION_END - CellState.DELTA_END) {
            freeNumbers[freeNumberCount] = slab.number;
            freeNumberCount++;
        }
    }

    /** Puts a single cell's slab on fewer bytes. */
    synchronized void shrink(Slab slab, int bytes) {
        StackRoom.require();
        long before = slab.chargedBytes();
        slab.shrink(bytes);
        heldBytes -= before - slab.chargedBytes();
    }

    /** Gives out no more slabs. */
    void refuse() {
        closed = true;
    }

    /** Gives all memory back; from now on every look-up throws. */
    synchronized void close() {
        StackRoom.require();
        closed = true;
        if (slabs.length == 0) {
            return;
        }
        int reached = generationReached;
        for (Slab slab : slabs) {
            if (slab != null) {
                reached = Math.max(reached, slab.generationReached());
                slab.release();
            }
        }
        slabs = new Slab[0];
        heldBytes = 0;
        series.close(reached);
    }

    boolean isClosed() {
        return closed;
    }

    /** Throws after close. */
    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the pool is closed");
        }
    }

    private RuntimeException unknown(long handle, int number) {
        requireOpen();
        return number < Handle.SLABS_MAX && number < slabs.length
                ? BadHandle.stale(handle)
                : BadHandle.foreign(handle);
    }
}
