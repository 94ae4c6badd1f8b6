package cordwood.memory.nativemodes;

import cordwood.memory.pool.NativeAllocator;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/** The C library's allocator. */
final class SystemLibrary implements NativeAllocator {

    private static final SymbolLookup LIBRARY = Linker.nativeLinker().defaultLookup();
    private static final MethodHandle MALLOC = Downcalls.critical(LIBRARY, "malloc", 1);
    private static final MethodHandle MALLOC_LARGE = Downcalls.ordinary(LIBRARY, "malloc", 1);
    private static final MethodHandle ALIGNED = Downcalls.critical(LIBRARY, "aligned_alloc", 2);
    private static final MethodHandle ALIGNED_LARGE =
            Downcalls.ordinary(LIBRARY, "aligned_alloc", 2);
    private static final MethodHandle REALLOC = Downcalls.critical(LIBRARY, "realloc", 2);
    private static final MethodHandle REALLOC_LARGE = Downcalls.ordinary(LIBRARY, "realloc", 2);
    private static final MethodHandle FREE = Downcalls.criticalVoid(LIBRARY, "free");
    private static final MethodHandle FREE_LARGE = Downcalls.ordinaryVoid(LIBRARY, "free");
    private static final MethodHandle USABLE =
            Downcalls.critical(
                    LIBRARY,
                    LIBRARY.find("malloc_usable_size").isPresent()
                            ? "malloc_usable_size"
                            : "malloc_size",
                    1);
    private static final MemorySegment ADDRESS_SPACE = Downcalls.addressSpace();

    /** What malloc aligns everything to. */
    private static final int ALIGNMENT_BYTES = 16;

    /** A header, rounding, and a rest too small to be split off. */
    private static final int SURPLUS_BYTES_MAX = 56;

    private static final int PAGE_BYTES = 4096;

    @Override
    public String name() {
        return SystemMode.NAME;
    }

    @Override
    public long allocate(long bytes, int alignmentBytes) {
        try {
            if (alignmentBytes <= ALIGNMENT_BYTES) {
                return bytes < Downcalls.LARGE_BYTES
                        ? (long) MALLOC.invokeExact(bytes)
                        : (long) MALLOC_LARGE.invokeExact(bytes);
            }
            long wholeBytes = roundUp(bytes, alignmentBytes);
            return bytes < Downcalls.LARGE_BYTES
                    ? (long) ALIGNED.invokeExact((long) alignmentBytes, wholeBytes)
                    : (long) ALIGNED_LARGE.invokeExact((long) alignmentBytes, wholeBytes);
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

    @Override
    public long usableBytesMax(long bytes, int alignmentBytes) {
        long mostBytes = roundUp(bytes, Math.max(alignmentBytes, ALIGNMENT_BYTES));
        return bytes < Downcalls.LARGE_BYTES
                ? mostBytes + SURPLUS_BYTES_MAX
                : mostBytes + alignmentBytes + 2 * PAGE_BYTES; // mapped in whole pages
    }

    @Override
    public MemorySegment addressSpace() {
        return ADDRESS_SPACE;
    }

    private static long roundUp(long bytes, int multiple) {
        return (bytes + multiple - 1) & -multiple;
    }
}
