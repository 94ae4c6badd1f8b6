package cordwood.memory.pool;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** The pool with a {@link Guards guard} on every cell. */
final class CheckedPool implements SmallPool {

    private final GuardablePool pool;
    private final Guards guards;

    CheckedPool(GuardablePool pool) {
        // Alignment 1 keeps the JVM from asking for more than these bytes.
        this(pool, (arena, bytes) -> arena.allocate(bytes, 1));
    }

    CheckedPool(GuardablePool pool, Guards.Source source) {
        this.pool = pool;
        this.guards = new Guards(pool, source);
        pool.sendRetiredTo(guards::freeRetired);
        pool.beginUpkeepWith(guards::finishAll);
    }

    @Override
    public long allocate(int bytes, int alignmentBytes) {
        return guards.allocate(pool, bytes, alignmentBytes);
    }

    @Override
    public void free(long handle) {
        if (handle == 0) {
            guards.requireOpen();
        } else {
            guards.free(pool, handle);
        }
    }

    @Override
    public void retire(long handle) {
        if (handle == 0) {
            guards.requireOpen();
        } else {
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
        guards.requireOpen();
        return new CheckedLocal(pool.local(), guards);
    }

    @Override
    public void trim() {
        guards.requireOpen();
        pool.trim();
    }

    @Override
    public PoolStats stats() {
        guards.requireOpen();
        PoolStats cells = pool.stats();
        PoolBytes views = guards.bytes();
        return cells.withMemory(cells.memory().plus(views.usedBytes(), views.peakBytes()));
    }

    /** After close too: what was live then. */
    @Override
    public List<Leak> leaks() {
        return guards.leaks();
    }

    /**
     * Waits for the operations under way and gives all memory back but that of cells in use by a
     * system call. It must not be called by what such an operation calls, as a reclaimer.
     *
     * @throws IllegalStateException when there are such cells: everything else is closed, and
     *     another close, when the calls are over, gives back the rest; or when an operation does
     *     not end for a minute: nothing is given back then but by another close
     */
    @Override
    public void close() {
        int inUse = guards.close();
        pool.close();
        if (inUse > 0) {
            throw new IllegalStateException(
                    "%d cells are in use by system calls: close the pool again when those are over"
                            .formatted(inUse));
        }
    }
}
