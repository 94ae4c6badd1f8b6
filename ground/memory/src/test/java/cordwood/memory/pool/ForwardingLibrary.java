package cordwood.memory.pool;

import java.lang.foreign.MemorySegment;

/** A native allocator in front of another one, which is told before each call of it. */
abstract class ForwardingLibrary implements NativeAllocator {

    private final NativeAllocator library;

    ForwardingLibrary(NativeAllocator library) {
        this.library = library;
    }

    /** Before something is allocated, resized or freed. */
    abstract void beforeChange();

    /** Before a size is asked for. */
    abstract void beforeLook();

    @Override
    public final String name() {
        return library.name();
    }

    @Override
    public final long allocate(long bytes, int alignmentBytes) {
        beforeChange();
        return library.allocate(bytes, alignmentBytes);
    }

    @Override
    public final long resize(long address, long usableBytes, long bytes) {
        beforeChange();
        return library.resize(address, usableBytes, bytes);
    }

    @Override
    public final void free(long address, long usableBytes) {
        beforeChange();
        library.free(address, usableBytes);
    }

    @Override
    public final long usableBytes(long address) {
        beforeLook();
        return library.usableBytes(address);
    }

    @Override
    public final long usableBytesMax(long bytes, int alignmentBytes) {
        beforeLook();
        return library.usableBytesMax(bytes, alignmentBytes);
    }

    @Override
    public final MemorySegment addressSpace() {
        return library.addressSpace();
    }
}
