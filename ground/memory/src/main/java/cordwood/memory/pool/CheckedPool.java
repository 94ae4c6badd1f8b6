package cordwood.memory.pool;

import cordwood.memory.Account;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The pool with a {@link Guards guard} on every cell. */
final class CheckedPool implements SmallPool {

    private final GuardablePool pool;
    private final Guards guards;

    CheckedPool(GuardablePool pool, Account account) {
        this.pool = pool;
        this.guards = new Guards(pool, account);
        pool.sendRetiredTo(guards::freeRetired);
    }

    @Override
    public long allocate(int bytes, int alignmentBytes) {
        return guards.allocate(pool, bytes, alignmentBytes);
    }

    @Override
    public void free(long handle) {
        if (handle != 0) {
            guards.free(pool, handle);
        }
    }

    @Override
    public void retire(long handle) {
        if (handle != 0) {
            guards.retire(handle);
        }
    }

    @Override
    public long resize(long handle, int bytes) {
        return guards.resize(pool, handle, bytes);
    }

    @Override
    public MemorySegment view(long handle) {
        return guards.view(handle);
    }

    @Override
    public int cellBytes(long handle) {
        return (int) guards.view(handle).byteSize();
    }

    @Override
    public LocalPool local() {
        return new CheckedLocal(pool.local(), guards);
    }

    @Override
    public void trim() {
        pool.trim();
    }

    @Override
    public PoolStats stats() {
        return pool.stats();
    }

    @Override
    public List<Leak> leaks() {
        return guards.leaks();
    }

    @Override
    public void close() {
        guards.close();
        pool.close();
    }
}
