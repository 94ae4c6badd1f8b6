package cordwood.memory.pool;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A native allocator of which one call fails, before it has done anything. */
final class FaultyLibrary implements NativeAllocator {

    private final NativeAllocator library;
    private long callsUntilFault = Long.MAX_VALUE;
    private @Nullable Error fault;

    FaultyLibrary(NativeAllocator library) {
        this.library = library;
    }

    /** Has the {@code n}-th call from now on, counted from 1, throw {@code error}. */
    void failAt(long n, Error error) {
        callsUntilFault = n;
        fault = error;
    }

    /** Whether the call that was to fail came. */
    boolean hasFailed() {
        return fault == null;
    }

    private void call() {
        Error error = fault;
        if (error != null && --callsUntilFault == 0) {
            fault = null;
            throw error;
        }
    }

    @Override
    public String name() {
        return library.name();
    }

    @Override
    public long allocate(long bytes, int alignmentBytes) {
        call();
        return library.allocate(bytes, alignmentBytes);
    }

    @Override
    public long resize(long address, long usableBytes, long bytes) {
        call();
        return library.resize(address, usableBytes, bytes);
    }

    @Override
    public void free(long address, long usableBytes) {
        call();
        library.free(address, usableBytes);
    }

    @Override
    public long usableBytes(long address) {
        call();
        return library.usableBytes(address);
    }

    @Override
    public long usableBytesMax(long bytes, int alignmentBytes) {
        call();
        return library.usableBytesMax(bytes, alignmentBytes);
    }

    @Override
    public MemorySegment addressSpace() {
        return library.addressSpace();
    }
}
