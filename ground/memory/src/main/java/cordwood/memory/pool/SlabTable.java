package cordwood.memory.pool;

import cordwood.memory.Account;
import cordwood.memory.Chunks;
import cordwood.memory.HandlesRefused;
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
     *   1. A number that was taken is the taker's until its slab is here or it was given back.
     *   2. The array is only replaced by a longer one with the same slabs. It is read without
     *      synchronisation: whoever has a handle got it after its slab was put here.
     *   3. A slab is here before it gets memory and after it has given it back, so that no region is
     *      without an owner. heldBytes is what the regions of the slabs here are charged with.
     *
     * All heap that a number may ever need is taken when the number is new: removing a slab allocates
     * nothing. What a slab needs is taken outside of the monitor, since a heap that is nearly full is
     * collected meanwhile.
     */

    private final Chunks chunks;
    private final Account account;
    private final HandleSeries series;
    private final long poolTag;
    private final boolean poisoned;
    private final HeapRoom heap = new HeapRoom(System::nanoTime);

    /** Made before it is wanted. */
    private final HeapRefused heapIsFull = HeapRefused.prepared();

    private @Nullable Slab[] slabs = new Slab[64];
    private volatile boolean closed;

    // Guarded by this.
    private final SlabNumbers numbers;
    private int bins;
    private long heldBytes;
    private long heldBytesPeak;

    /** With {@code poisoned}, every cell is filled with poison before it is first used. */
    SlabTable(Chunks chunks, Account account, HandleSeries series, boolean poisoned) {
        this.chunks = chunks;
        this.account = account;
        this.series = series;
        this.poolTag = series.poolTag();
        this.poisoned = poisoned;
        this.numbers = new SlabNumbers(series.firstGeneration(), Handle.SLABS_MAX);
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
        if (!heap.isWorthATry()) {
            return null;
        }
        try {
            return add(bin, bin.slabCells(), false);
        } catch (HandlesRefused | HeapRefused _) {
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
            if (!heap.isWorthATry()) {
                throw heapIsFull;
            }
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

    /** To be thrown when the heap is full, by everybody. */
    HeapRefused heapIsFull() {
        return heapIsFull;
    }

    /** After {@link #addInsisting} was refused by the heap: everybody was asked to give back. */
    void everybodyWasAsked() {
        heap.everybodyWasAsked();
    }

    private @Nullable Slab add(Bin bin, int cells, boolean insist) {
        int alignmentBytes = SizeClasses.alignmentBytes(bin.cellBytes);
        long bytes = (long) cells * bin.cellBytes;
        try {
            return add(bin, cells, bin.cellBytes, bytes, alignmentBytes, insist);
        } catch (HeapRefused full) {
            heap.wasFull();
            throw full;
        }
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
        try {
            return build(bin, cells, cellBytes, bytes, alignmentBytes, insist);
        } catch (OutOfMemoryError full) {
            throw HeapRefused.of(cells * (long) Long.BYTES, heapIsFull);
        }
    }

    private @Nullable Slab build(
            Bin bin, int cells, int cellBytes, long bytes, int alignmentBytes, boolean insist) {
        Slab slab = register(bin, cells, cellBytes, alignmentBytes);
        try {
            if (bin.sizeClass != Bin.FALLBACK) {
                heap.hasRoom();
            }
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

    private synchronized void count(Slab slab) {
        requireOpen();
        heldBytes += slab.chargedBytes();
        heldBytesPeak = Math.max(heldBytesPeak, heldBytes);
        slab.counted = true;
    }

    private Slab register(Bin bin, int cells, int cellBytes, int alignmentBytes) {
        int number;
        int base;
        synchronized (this) {
            requireOpen();
            number = numbers.next();
            if (number == slabs.length) {
                slabs = Arrays.copyOf(slabs, number * 2);
            }
            base = numbers.take(number);
        }
        try {
            long tag = Handle.slabTag(poolTag, number);
            Slab slab = new Slab(bin, number, tag, base, cells, cellBytes, alignmentBytes);
            put(slab);
            return slab;
        } catch (Throwable refused) {
            giveBack(number, base);
            throw refused;
        }
    }

    private synchronized void put(Slab slab) {
        requireOpen();
        slabs[slab.number()] = slab;
    }

    private synchronized void giveBack(int number, int generation) {
        numbers.giveBack(number, generation);
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
        heap.hasRoom();
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
        slabs[slab.number()] = null;
        numbers.giveBack(slab.number(), generation);
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
        int reached = numbers.generationReached();
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
