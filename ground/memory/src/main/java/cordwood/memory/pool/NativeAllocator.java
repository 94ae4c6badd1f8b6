package cordwood.memory.pool;

import java.lang.foreign.MemorySegment;

/**
 * An allocator of a native library, by address, as a {@link NativePool} needs it. Nothing is
 * checked here: a wrong address ends the process. For providers of modes.
 *
 * <p>Safe for use by any number of threads; memory may be freed by another than allocated it. When
 * an Error comes out of a method, for want of stack or heap, the method has done nothing.
 */
public interface NativeAllocator {

    /** The name of its mode. */
    String name();

    /**
     * Memory of at least {@code bytes} from this address, or 0 when there is none.
     *
     * @param alignmentBytes a power of two up to 4096
     */
    long allocate(long bytes, int alignmentBytes);

    /**
     * Memory of at least {@code bytes} with the same contents, or 0 when there is none: then the
     * old memory is as before, and otherwise gone.
     *
     * @param usableBytes of the old memory
     */
    long resize(long address, long usableBytes, long bytes);

    /** Frees memory of {@code usableBytes}. */
    void free(long address, long usableBytes);

    /** How many bytes there are at an allocated address: at least what was asked for. */
    long usableBytes(long address);

    /**
     * What is reserved for such a request before it is made: at least {@code bytes}, and at least
     * what {@link #usableBytes} will most likely say. Bytes beyond it are not used.
     */
    long usableBytesMax(long bytes, int alignmentBytes);

    /** Memory from address 0 on, of which allocations are slices. */
    MemorySegment addressSpace();
}
