package cordwood.memory.pool;

import java.lang.foreign.MemorySegment;

/** A local pool with a {@link Guards guard} on every cell. */
final class CheckedLocal implements LocalPool {

    private final LocalPool local;
    private final Guards guards;

    CheckedLocal(LocalPool local, Guards guards) {
        this.local = local;
        this.guards = guards;
    }

    @Override
    public long allocate(int bytes, int alignmentBytes) {
        checkUse();
        return guards.allocate(local, bytes, alignmentBytes);
    }

    @Override
    public void free(long handle) {
        checkUse();
        if (handle != 0) {
            guards.free(local, handle);
        }
    }

    @Override
    public void retire(long handle) {
        checkUse();
        if (handle != 0) {
            guards.retire(handle);
        }
    }

    @Override
    public long resize(long handle, int bytes) {
        checkUse();
        return guards.resize(local, handle, bytes);
    }

    @Override
    public MemorySegment view(long handle) {
        checkUse();
        return guards.view(handle);
    }

    @Override
    public int cellBytes(long handle) {
        checkUse();
        return (int) guards.view(handle).byteSize();
    }

    @Override
    public void close() {
        local.close();
    }

    /** Before a guard is touched: freeing nothing still checks the thread, and for a close. */
    private void checkUse() {
        local.free(0);
        guards.requireOpen();
    }
}
