package cordwood.memory.nativemodes;

import cordwood.memory.pool.NativeAllocator;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/** mimalloc, once {@link MimallocLibrary} has loaded it. */
final class Mimalloc implements NativeAllocator {

    private static final SymbolLookup LIBRARY = MimallocLibrary.loaded();
    private static final MethodHandle MALLOC = Downcalls.critical(LIBRARY, "mi_malloc", 1);
    private static final MethodHandle MALLOC_LARGE = Downcalls.ordinary(LIBRARY, "mi_malloc", 1);
    private static final MethodHandle ALIGNED = Downcalls.critical(LIBRARY, "mi_malloc_aligned", 2);
    private static final MethodHandle ALIGNED_LARGE =
            Downcalls.ordinary(LIBRARY, "mi_malloc_aligned", 2);
    private static final MethodHandle REALLOC = Downcalls.critical(LIBRARY, "mi_realloc", 2);
    private static final MethodHandle REALLOC_LARGE = Downcalls.ordinary(LIBRARY, "mi_realloc", 2);
    private static final MethodHandle FREE = Downcalls.criticalVoid(LIBRARY, "mi_free");
    private static final MethodHandle FREE_LARGE = Downcalls.ordinaryVoid(LIBRARY, "mi_free");
    private static final MethodHandle USABLE = Downcalls.critical(LIBRARY, "mi_usable_size", 1);
    private static final MemorySegment ADDRESS_SPACE = Downcalls.addressSpace();

    /** What mi_malloc aligns everything to that is as large. */
    private static final int ALIGNMENT_BYTES = 8;

    private static final long LARGE_BYTES = 1 << 20;

    /** What large allocations are multiples of. */
    private static final int UNIT_BYTES = 64 << 10;

    /** What the smallest sizes are apart. */
    private static final int GAP_BYTES_MIN = 16;

    @Override
    public String name() {
        return MimallocMode.NAME;
    }

    @Override
    public long allocate(long bytes, int alignmentBytes) {
        try {
            if (alignmentBytes <= ALIGNMENT_BYTES) {
                return bytes < Downcalls.LARGE_BYTES
                        ? (long) MALLOC.invokeExact(bytes)
                        : (long) MALLOC_LARGE.invokeExact(bytes);
            }
            return bytes < Downcalls.LARGE_BYTES
                    ? (long) ALIGNED.invokeExact(bytes, (long) alignmentBytes)
                    : (long) ALIGNED_LARGE.invokeExact(bytes, (long) alignmentBytes);
        } catch (Throwable thrown) {
            throw Downcalls.impossible(thrown);
        }
    }

    @Override
    public long resize(long address, long usableBytes, long bytes) {
        try {
            return Math.max(bytes, usableBytes) < Downcalls.LARGE_BYTES
                    ? (long) REALLOC.invokeExact(address, bytes)
                    : (long) REALLOC_LARGE.invokeExact(address, bytes);
        } catch (Throwable thrown) {
            throw Downcalls.impossible(thrown);
        }
    }

    @Override
    public void free(long address, long usableBytes) {
        try {
            if (usableBytes < Downcalls.LARGE_BYTES) {
                FREE.invokeExact(address);
            } else {
                FREE_LARGE.invokeExact(address);
            }
        } catch (Throwable thrown) {
            throw Downcalls.impossible(thrown);
        }
    }

    @Override
    public long usableBytes(long address) {
        try {
            return (long) USABLE.invokeExact(address);
        } catch (Throwable thrown) {
            throw Downcalls.impossible(thrown);
        }
    }

    /** Sizes are at most a quarter apart, and large ones an eighth. */
    @Override
    public long usableBytesMax(long bytes, int alignmentBytes) {
        long leastBytes = alignmentBytes <= ALIGNMENT_BYTES ? bytes : bytes + alignmentBytes;
        long gapBytes = leastBytes < LARGE_BYTES ? leastBytes >> 2 : (leastBytes >> 3) + UNIT_BYTES;
        return leastBytes + gapBytes + GAP_BYTES_MIN;
    }

    @Override
    public MemorySegment addressSpace() {
        return ADDRESS_SPACE;
    }
}
