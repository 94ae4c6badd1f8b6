package cordwood.memory.pool;

import org.jspecify.annotations.Nullable;

/** A native allocator of which one call fails, before it has done anything. */
final class FaultyLibrary extends ForwardingLibrary {

    private long callsUntilFault = Long.MAX_VALUE;
    private @Nullable Error fault;

    FaultyLibrary(NativeAllocator library) {
        super(library);
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
    void beforeChange() {
        call();
    }

    @Override
    void beforeLook() {
        call();
    }
}
