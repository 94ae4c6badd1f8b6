package cordwood.memory;

import cordwood.memory.stack.StackRoom;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Memory that is only ever added to, and whose whole life ends at once. An allocation is named by
 * its <em>place</em>: the region's number in the high half, the offset in the low half.
 *
 * <p>One thread allocates. Any thread may read a place it received with acquire semantics, until
 * {@link #close()}; closing while somebody still reads is the owner's mistake to avoid (see {@link
 * cordwood.memory.epoch.Epochs}). After close nothing can be allocated or found: every method
 * throws that would, also when the memory was closed; the figures are 0.
 */
public final class BumpArena implements AutoCloseable {

    /*
     * Invariants:
     *   1. An allocation lies within one region, and its region is in the table before its place is
     *      known to anybody: readers need no synchronisation beyond how they got the place.
     *   2. The table only grows; slots of it never change.
     *
     * An allocation that does not fit a region gets one of its own, and the open region goes on.
     */

    private final Chunks chunks;
    private final Account account;
    private final int regionBytes;

    /** Replaced when full, never changed in a filled slot. */
    private @Nullable Region[] regions = new @Nullable Region[4];

    private volatile boolean closed;

    // Confined to the allocating thread; others may read the two sums, as estimates.
    private int regionCount;
    private int openIndex = -1;
    private @Nullable Region openRegion;
    private long openUsedBytes;
    private long usedBytes;
    private long chargedBytes;

    /**
     * An empty arena that grows by regions of {@code regionBytes}, charged to the account.
     *
     * @throws IllegalArgumentException when there is no such size, or the account is not one of the
     *     chunks' budget
     */
    public BumpArena(Chunks chunks, Account account, int regionBytes) {
        if (regionBytes <= 0) {
            throw new IllegalArgumentException("regions of " + regionBytes + " bytes");
        }
        chunks.requireUsable(account);
        this.chunks = chunks;
        this.account = account;
        this.regionBytes = regionBytes;
    }

    /**
     * Room for {@code bytes} starting on a multiple of {@code alignmentBytes}, a power of two up to
     * 64. The contents are undefined.
     *
     * @return its place, never negative
     * @throws IllegalArgumentException when there is no such size or alignment
     * @throws MemoryRefused when a region was needed and refused: the arena is as before
     */
    public long allocate(int bytes, int alignmentBytes) {
        boolean aligned = alignmentBytes > 0 && alignmentBytes <= 64;
        if (bytes <= 0 || !aligned || Integer.bitCount(alignmentBytes) != 1) {
            throw new IllegalArgumentException(bytes + " bytes aligned to " + alignmentBytes);
        }
        long offset = (openUsedBytes + alignmentBytes - 1) & -alignmentBytes;
        Region open = openRegion;
        if (closed || open == null || open.closed || offset + bytes > regionBytes) {
            return allocateInNewRegion(bytes);
        }
        usedBytes += bytes;
        openUsedBytes = offset + bytes;
        return place(openIndex, offset);
    }

    /**
     * The whole region a place lies in; the allocation starts at {@link #offset}.
     *
     * @throws IllegalArgumentException when no region of this arena has that number
     */
    public MemorySegment region(long place) {
        if (closed) {
            throw new IllegalStateException("arena of " + account.owner() + " is closed");
        }
        @Nullable Region[] all = regions;
        int number = (int) (place >> 32);
        Region region = number < 0 || number >= all.length ? null : all[number];
        if (region == null) {
            throw new IllegalArgumentException("no place of this arena: " + place);
        }
        return region.memory();
    }

    /** Where in its region a place is. */
    public static long offset(long place) {
        return place & 0xFFFF_FFFFL;
    }

    /**
     * The {@code bytes} at a place, valid until close.
     *
     * @throws IllegalArgumentException when they are not in a region of this arena
     */
    public MemorySegment slice(long place, long bytes) {
        MemorySegment region = region(place);
        long offset = offset(place);
        if (bytes < 0 || bytes > region.byteSize() - offset) {
            throw new IllegalArgumentException(bytes + " bytes at " + place);
        }
        return region.asSlice(offset, bytes);
    }

    /** Bytes allocated, without what alignment and region ends waste. */
    public long usedBytes() {
        return usedBytes;
    }

    /** Bytes charged to the account. */
    public long chargedBytes() {
        return chargedBytes;
    }

    /** Gives every region back; a second call finishes what an error kept the first from. */
    @Override
    public void close() {
        closed = true;
        for (Region region : regions) {
            if (region != null) {
                region.close();
            }
        }
        openRegion = null;
        usedBytes = 0;
        chargedBytes = 0;
    }

    private long allocateInNewRegion(int bytes) {
        if (closed) {
            throw new IllegalStateException("arena of " + account.owner() + " is closed");
        }
        StackRoom.require();
        boolean ownRegion = bytes > regionBytes;
        if (regionCount == regions.length) {
            regions = Arrays.copyOf(regions, Math.multiplyExact(regionCount, 2));
        }
        Region region = chunks.region(account, ownRegion ? bytes : regionBytes);
        regions[regionCount] = region;
        int index = regionCount++;
        chargedBytes += region.chargedBytes();
        usedBytes += bytes;
        if (!ownRegion) {
            openIndex = index;
            openRegion = region;
            openUsedBytes = bytes;
        }
        return place(index, 0);
    }

    private static long place(int index, long offset) {
        return (long) index << 32 | offset;
    }
}
