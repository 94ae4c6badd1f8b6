package cordwood.memory.pool;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A native pool by way of one thread: the library keeps what is the thread's own. */
final class NativeLocal implements LocalPool {

    private final NativePool pool;

    /** Null after close. */
    private @Nullable Thread thread = Thread.currentThread();

    NativeLocal(NativePool pool) {
        this.pool = pool;
    }

    @Override
    public long allocate(int bytes, int alignmentBytes) {
        checkUse();
        return pool.allocate(bytes, alignmentBytes);
    }

    @Override
    public void free(long handle) {
        checkUse();
        pool.free(handle);
    }

    @Override
    public void retire(long handle) {
        checkUse();
        pool.retire(handle);
    }

    @Override
    public long resize(long handle, int bytes) {
        checkUse();
        return pool.resize(handle, bytes);
    }

    @Override
    public MemorySegment view(long handle) {
        checkUse();
        return pool.view(handle);
    }

    @Override
    public int cellBytes(long handle) {
        checkUse();
        return pool.cellBytes(handle);
    }

    @Override
    public void close() {
        if (thread != null) {
            checkUse();
            thread = null;
        }
    }

    private void checkUse() {
        if (!Thread.currentThread().equals(thread)) {
            throw thread == null
                    ? new IllegalStateException("the local pool is closed")
                    : new WrongThreadException("a local pool of " + thread);
        }
    }
}
