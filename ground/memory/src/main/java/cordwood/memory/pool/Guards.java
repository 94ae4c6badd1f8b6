package cordwood.memory.pool;

import cordwood.memory.SystemRefused;
import cordwood.memory.stack.StackRoom;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What checked mode knows of every live cell. Its user gets memory of its own instead of the
 * cell's, of exactly the size asked for; freeing closes it, and any view kept over that throws.
 */
final class Guards {

    /*
     * Changing the state of a guard is the free: of several frees of one handle exactly one does it,
     * wherever they come from.
     *
     * Whatever touches a cell or changes a guard is inside the gate meanwhile. So a close, which is
     * inside alone, finds that nobody is ending a guard, but for those on the list of the unfinished,
     * and the pool may free all cells after it.
     *
     * Closing the memory is what may be refused, while a system call uses it: it comes first, and
     * then everything is as before. After it the steps are taken in order, each once; a guard that
     * one of them failed for goes on the unfinished list, which takes only stores, and the next who
     * comes by, or upkeep, takes the rest. On that list a guard is ending, and the list's to end. So
     * is one that was made for a handle which nobody got; there is room on the stack for all of it.
     *
     * The cell itself, which nobody has a view of, is filled with poison while it is free and with a
     * cookie while it is not, and verified when that ends: a cell with two users, or one written to
     * while on a list, would be the pool's own mistake. Such a cell is never used again.
     */

    static final byte POISON = (byte) 0xDB;

    /** Where the users' memory comes from. A seam, so that tests can make it fail. */
    interface Source {
        /** Memory of the arena, from any address. */
        MemorySegment allocate(Arena arena, long bytes);
    }

    private final GuardablePool pool;
    private final Source source;
    private final PoolBytes bytes;

    /** Of every handle whose cell is not yet the pool's again; after close, of all leaks. */
    private final Map<Long, Guard> guards = new ConcurrentHashMap<>();

    private final LatestEnds latestEnds = new LatestEnds();

    /** A list of guards whose end failed in the middle. Written under the lock of this. */
    private volatile @Nullable Guard firstUnfinished;

    private final Gate gate = new Gate();

    Guards(GuardablePool pool, Source source) {
        this.pool = pool;
        this.source = source;
        this.bytes = new PoolBytes(pool.account());
    }

    /** What the guards' own memory is charged. */
    PoolBytes bytes() {
        return bytes;
    }

    void requireOpen() {
        if (gate.isClosed()) {
            throw new IllegalStateException("the pool is closed");
        }
        pool.requireOpen();
    }

    /** Begins an operation, which leaves the gate at its end. The caller has room on the stack. */
    private void enter() {
        requireOpen();
        if (!gate.tryEnter()) {
            throw new IllegalStateException("the pool is closed");
        }
    }

    long allocate(CellAllocator by, int bytes, int alignmentBytes) {
        CellRequest.check(bytes, alignmentBytes);
        StackRoom.require();
        enter();
        try {
            return issue(by, bytes, alignmentBytes).handle;
        } finally {
            gate.leave();
        }
    }

    private Guard issue(CellAllocator by, int bytes, int alignmentBytes) {
        finishUnfinished();
        Guard guard = newGuardInsisting(bytes, alignmentBytes);
        takeCell(by, bytes, guard);
        guard.become(Guard.LIVE);
        return guard;
    }

    /** Takes a cell for a guard, which is not live yet; ends the guard when there is none. */
    private void takeCell(CellAllocator by, int bytes, Guard guard) {
        try {
            long handle = by.allocate(bytes, guard.alignmentBytes);
            guard.handle = handle;
            MemorySegment cell = pool.view(handle);
            verify(handle, cell, POISON);
            cell.fill(cookie(handle));
            Long key = handle;
            guard.key = key;
            guards.put(key, guard);
        } catch (Throwable refused) {
            if (refused instanceof IllegalStateException) {
                guard.handle = 0; // A damaged cell stays out of use.
            }
            leaveUnfinished(guard);
            finishUnfinished();
            throw refused;
        }
    }

    void free(CellAllocator by, long handle) {
        StackRoom.require();
        enter();
        try {
            end(by, handle);
        } finally {
            gate.leave();
        }
    }

    private void end(CellAllocator by, long handle) {
        Guard guard = guards.get(handle);
        if (guard == null || guard.state() != Guard.LIVE) {
            throw misused(handle);
        }
        Throwable here = new Throwable("freed here");
        MemorySegment cell = pool.view(handle);
        if (!guard.become(Guard.LIVE, Guard.ENDING)) {
            throw misused(handle);
        }
        if (!closeMemory(guard, Guard.LIVE)) {
            throw new IllegalStateException(
                    "cell %016x is in use by a system call: free it when that is over"
                            .formatted(handle));
        }
        try {
            release(guard);
            latestEnds.note(handle, here);
            verify(handle, cell, cookie(handle));
            cell.fill(POISON);
            by.free(handle);
            drop(guard);
        } catch (RuntimeException mistake) {
            drop(guard);
            throw mistake;
        } catch (Error failed) {
            leaveUnfinished(guard);
            throw failed;
        }
    }

    /** Frees a cell whose retirement is over; false when it is to be tried again. */
    boolean freeRetired(long handle) {
        StackRoom.require();
        if (!gate.tryEnter()) {
            return true; // The close ends it.
        }
        try {
            return endRetired(handle);
        } finally {
            gate.leave();
        }
    }

    private boolean endRetired(long handle) {
        Guard guard = guards.get(handle);
        if (guard == null) {
            return true;
        }
        Throwable here = new Throwable("freed here, retired before");
        if (guard.become(Guard.RETIRED, Guard.ENDING)) {
            if (!closeMemory(guard, Guard.RETIRED)) {
                return false;
            }
            guard.become(Guard.UNFINISHED_RETIRED);
        }
        if (!guard.become(Guard.UNFINISHED_RETIRED, Guard.ENDING)) {
            return guard.state() != Guard.ENDING;
        }
        try {
            release(guard);
            latestEnds.note(handle, here);
            MemorySegment cell = pool.view(handle);
            if (!isIntact(cell, POISON)) { // as it is when this was begun before
                verify(handle, cell, cookie(handle));
            }
            cell.fill(POISON);
            pool.freeRetired(handle);
            drop(guard);
        } catch (RuntimeException mistake) {
            drop(guard);
            throw mistake;
        } catch (Error failed) {
            guard.become(Guard.ENDING, Guard.UNFINISHED_RETIRED);
            throw failed;
        }
        return true;
    }

    void retire(long handle) {
        StackRoom.require();
        enter();
        try {
            retireInside(handle);
        } finally {
            gate.leave();
        }
    }

    private void retireInside(long handle) {
        Throwable here = new Throwable("retired here");
        Guard guard = guards.get(handle);
        if (guard == null || !guard.become(Guard.LIVE, Guard.RETIRED)) {
            throw misused(handle);
        }
        guard.retirement = here;
        try {
            pool.retire(handle);
        } catch (Throwable refused) {
            guard.become(Guard.RETIRED, Guard.LIVE);
            throw refused;
        }
    }

    /** Always a copy, so that views of the old cell are found. */
    long resize(CellAllocator by, long handle, int bytes) {
        CellRequest.check(bytes, CellAllocator.ALIGNMENT_BYTES);
        StackRoom.require();
        enter();
        try {
            return copy(by, handle, bytes);
        } finally {
            gate.leave();
        }
    }

    private long copy(CellAllocator by, long handle, int bytes) {
        Guard guard = guards.get(handle);
        if (guard == null || guard.state() != Guard.LIVE) {
            throw misused(handle);
        }
        Guard copy = issue(by, bytes, guard.alignmentBytes);
        int cellBytes;
        try {
            cellBytes = pool.cellBytes(copy.handle);
            long keptBytes = Math.min(bytes, guard.view.byteSize());
            MemorySegment.copy(guard.view, 0, copy.view, 0, keptBytes);
            end(by, handle);
        } catch (Throwable refused) {
            if (copy.become(Guard.LIVE, Guard.ENDING)) {
                leaveUnfinished(copy);
                finishUnfinished();
            }
            if (refused instanceof IllegalStateException && !guard.isUsable()) {
                throw misused(handle); // somebody else ended it meanwhile
            }
            throw refused;
        }
        pool.countRemap(cellBytes);
        return copy.handle;
    }

    MemorySegment view(long handle) {
        requireOpen();
        Guard guard = guards.get(handle);
        if (guard == null || !guard.isUsable()) {
            throw misused(handle);
        }
        return guard.view;
    }

    List<Leak> leaks() {
        return guards.entrySet().stream()
                .filter(entry -> entry.getValue().isLeak())
                .map(entry ->
                        new Leak(
                                entry.getKey(),
                                (int) entry.getValue().view.byteSize(),
                                entry.getValue().allocation))
                .toList();
    }

    /**
     * Ends the guards whose end failed in the middle. One that fails again waits on, and keeps no
     * other from being ended; then the first failure is thrown. After close it does nothing.
     */
    void finishAll() {
        StackRoom.require();
        if (firstUnfinished != null && gate.tryEnter()) {
            try {
                finishUnfinished();
            } finally {
                gate.leave();
            }
        }
    }

    private void finishUnfinished() {
        if (firstUnfinished == null) {
            return;
        }
        StackRoom.require();
        Error failure = null;
        Guard guard = takeUnfinished();
        while (guard != null) {
            Guard next = guard.nextUnfinished;
            try {
                finish(guard);
            } catch (Error again) {
                leaveUnfinished(guard);
                failure = failure == null ? again : failure;
            }
            guard = next;
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void finish(Guard guard) {
        if (!closeMemory(guard, Guard.ENDING)) {
            leaveUnfinished(guard);
            return;
        }
        release(guard);
        if (guard.handle != 0) {
            try {
                pool.view(guard.handle).fill(POISON);
                pool.free(guard.handle);
            } catch (IllegalStateException _) {
                // Freed before it failed, or the whole pool is closed.
            }
        }
        drop(guard);
    }

    /**
     * Waits for what is under way and closes what is still open; what it was stays in {@link
     * #leaks}. Answers how many it could not close, since a system call uses them. After it nobody
     * touches a cell any more.
     *
     * @throws IllegalStateException when an operation does not end for a minute
     */
    int close() {
        StackRoom.require();
        gate.close();
        try {
            finishUnfinished();
            return closeAll();
        } finally {
            gate.leave();
        }
    }

    private int closeAll() {
        int inUse = 0;
        for (Guard guard : guards.values()) {
            int before = guard.state();
            if (Guard.isToBeClosed(before) && guard.become(before, Guard.ENDING)) {
                inUse += close(guard, before) ? 0 : 1;
            }
        }
        return inUse;
    }

    /** Gives back a guard's own memory alone; false and as before while a system call uses it. */
    private boolean close(Guard guard, int before) {
        if (!closeMemory(guard, before)) {
            return false;
        }
        try {
            release(guard);
        } catch (Throwable failed) {
            guard.become(before);
            throw failed;
        }
        boolean isLeak = before == Guard.LIVE || before == Guard.RETIRED;
        guard.become(isLeak ? Guard.LEAKED : Guard.ENDED);
        return true;
    }

    /** When the system refuses, everybody is asked once, with nothing taken meanwhile. */
    private Guard newGuardInsisting(int bytes, int alignmentBytes) {
        try {
            return newGuard(bytes, alignmentBytes);
        } catch (SystemRefused _) {
            pool.askReclaimers();
            return newGuard(bytes, alignmentBytes);
        }
    }

    private Guard newGuard(int bytes, int alignmentBytes) {
        int startBytes = Math.max(alignmentBytes, CellAllocator.ALIGNMENT_BYTES);
        long nativeBytes = (long) bytes + startBytes - 1;
        Throwable allocation = new Throwable("allocated here");
        this.bytes.reserve(nativeBytes);
        @Nullable Arena arena = null;
        try {
            arena = Arena.ofShared();
            MemorySegment whole = fromSystem(arena, nativeBytes);
            long skipBytes = -whole.address() & (startBytes - 1);
            MemorySegment view = whole.asSlice(skipBytes, bytes);
            return new Guard(arena, view, alignmentBytes, nativeBytes, allocation);
        } catch (Throwable refused) {
            if (arena != null) {
                arena.close();
            }
            this.bytes.release(nativeBytes);
            throw refused;
        }
    }

    private MemorySegment fromSystem(Arena arena, long nativeBytes) {
        try {
            return source.allocate(arena, nativeBytes);
        } catch (OutOfMemoryError none) {
            throw new SystemRefused(pool.account().owner(), nativeBytes);
        }
    }

    /**
     * Closes the memory of a guard that is the caller's to end, unless a system call uses it: then
     * it is as before.
     */
    private static boolean closeMemory(Guard guard, int before) {
        try {
            guard.arena.close();
        } catch (IllegalStateException inUse) {
            if (guard.view.scope().isAlive()) {
                guard.become(before);
                return false;
            }
        } catch (Throwable failed) {
            if (guard.view.scope().isAlive()) {
                guard.become(before);
                throw failed;
            }
        }
        return true;
    }

    private void release(Guard guard) {
        bytes.release(guard.chargedBytes);
        guard.chargedBytes = 0;
    }

    private void drop(Guard guard) {
        Long key = guard.key;
        if (key != null) {
            guards.remove(key);
        }
        guard.become(Guard.ENDED);
    }

    /** Leaves an ending guard to whoever comes next; only stores. */
    private synchronized void leaveUnfinished(Guard guard) {
        guard.nextUnfinished = firstUnfinished;
        firstUnfinished = guard;
    }

    private synchronized @Nullable Guard takeUnfinished() {
        Guard first = firstUnfinished;
        firstUnfinished = null;
        return first;
    }

    private BadHandle misused(long handle) {
        BadHandle misuse = pool.isOwn(handle) ? BadHandle.stale(handle) : BadHandle.foreign(handle);
        Guard guard = guards.get(handle);
        @Nullable Throwable before = guard == null ? null : guard.retirement;
        if (before == null) {
            before = latestEnds.of(handle);
        }
        if (before != null) {
            misuse.initCause(before);
        }
        return misuse;
    }

    private static void verify(long handle, MemorySegment cell, byte expected) {
        long at = firstOther(cell, expected);
        if (at >= 0) {
            throw new IllegalStateException(
                    "cell %016x holds %02x at %d instead of %02x"
                            .formatted(handle, cell.get(ValueLayout.JAVA_BYTE, at), at, expected));
        }
    }

    private static boolean isIntact(MemorySegment cell, byte expected) {
        return firstOther(cell, expected) < 0;
    }

    /** Where a cell holds another byte, or -1. */
    private static long firstOther(MemorySegment cell, byte expected) {
        for (long i = 0; i < cell.byteSize(); i++) {
            if (cell.get(ValueLayout.JAVA_BYTE, i) != expected) {
                return i;
            }
        }
        return -1;
    }

    /** Never the poison. */
    private static byte cookie(long handle) {
        return (byte) (Long.hashCode(handle * 31) & 0x7F);
    }
}
