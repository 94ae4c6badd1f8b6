package cordwood.memory.pool;

import cordwood.memory.Account;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * What checked mode knows of every live cell. Its user gets memory of its own instead of the
 * cell's, of exactly the size asked for; freeing closes it, and any view kept over that throws.
 */
final class Guards {

    /*
     * Taking a guard out of the map is the free: of several frees of one handle exactly one gets it,
     * wherever they come from.
     *
     * The cell itself, which nobody has a view of, is filled with poison while it is free and with a
     * cookie while it is not, and verified when that ends: a cell with two users, or one written to
     * while on a list, would be the pool's own mistake.
     */

    static final byte POISON = (byte) 0xDB;

    private static final int FREED_MAX = 1 << 14;

    private record Guard(
            Arena arena,
            MemorySegment view,
            long nativeBytes,
            boolean retired,
            Throwable allocation) {

        Guard retire() {
            return new Guard(arena, view, nativeBytes, true, allocation);
        }
    }

    private final GuardablePool pool;
    private final Account account;
    private final Map<Long, Guard> guards = new ConcurrentHashMap<>();

    /** Where handles were freed, to tell those who use one again. Only the latest are kept. */
    private final Map<Long, Throwable> freed = new ConcurrentHashMap<>();

    private final ConcurrentLinkedQueue<Long> freedOrder = new ConcurrentLinkedQueue<>();

    Guards(GuardablePool pool, Account account) {
        this.pool = pool;
        this.account = account;
    }

    long allocate(CellAllocator by, int bytes, int alignmentBytes) {
        long handle = by.allocate(bytes, alignmentBytes);
        try {
            verify(handle, POISON);
            guards.put(handle, newGuard(bytes, alignmentBytes));
        } catch (Throwable refused) {
            by.free(handle);
            throw refused;
        }
        pool.view(handle).fill(cookie(handle));
        return handle;
    }

    void free(CellAllocator by, long handle) {
        Guard guard = live(handle);
        if (guard.retired || !guards.remove(handle, guard)) {
            throw misused(handle);
        }
        release(by, handle, guard);
    }

    /** What epochs do with a retired cell at last. */
    void freeRetired(long handle) {
        Guard guard = guards.remove(handle);
        if (guard != null) {
            release(pool, handle, guard);
        }
    }

    void retire(long handle) {
        Guard guard = live(handle);
        if (guard.retired || !guards.replace(handle, guard, guard.retire())) {
            throw misused(handle);
        }
        freed.put(handle, new Throwable("retired here"));
        pool.retire(handle);
    }

    long resize(CellAllocator by, long handle, int bytes) {
        Guard guard = live(handle);
        long copy = allocate(by, bytes, CellAllocator.ALIGNMENT_BYTES);
        long keptBytes = Math.min(bytes, guard.view.byteSize());
        MemorySegment.copy(guard.view, 0, view(copy), 0, keptBytes);
        free(by, handle);
        return copy;
    }

    MemorySegment view(long handle) {
        return live(handle).view;
    }

    List<Leak> leaks() {
        return guards.entrySet().stream()
                .map(entry ->
                        new Leak(
                                entry.getKey(),
                                (int) entry.getValue().view.byteSize(),
                                entry.getValue().allocation))
                .toList();
    }

    /** Closes what is still open; what it was stays in {@link #leaks}. */
    void close() {
        for (Guard guard : guards.values()) {
            if (guard.arena.scope().isAlive()) {
                guard.arena.close();
                account.release(guard.nativeBytes);
            }
        }
    }

    private Guard newGuard(int bytes, int alignmentBytes) {
        long nativeBytes = (long) bytes + alignmentBytes;
        account.reserve(nativeBytes);
        Arena arena = Arena.ofShared();
        try {
            MemorySegment whole = arena.allocate(nativeBytes, 1);
            long skipBytes = -whole.address() & (alignmentBytes - 1);
            MemorySegment view = whole.asSlice(skipBytes, bytes);
            return new Guard(arena, view, nativeBytes, false, new Throwable("allocated here"));
        } catch (Throwable refused) {
            arena.close();
            account.release(nativeBytes);
            throw refused;
        }
    }

    private void release(CellAllocator by, long handle, Guard guard) {
        guard.view.fill(POISON);
        guard.arena.close();
        account.release(guard.nativeBytes);
        freed.put(handle, new Throwable("freed here"));
        freedOrder.add(handle);
        if (freed.size() > FREED_MAX) {
            Long oldest = freedOrder.poll();
            if (oldest != null) {
                freed.remove(oldest);
            }
        }
        verify(handle, cookie(handle));
        pool.view(handle).fill(POISON);
        by.free(handle);
    }

    private Guard live(long handle) {
        Guard guard = guards.get(handle);
        if (guard == null) {
            throw misused(handle);
        }
        return guard;
    }

    private BadHandle misused(long handle) {
        BadHandle misuse = pool.isOwn(handle) ? BadHandle.stale(handle) : BadHandle.foreign(handle);
        @Nullable Throwable before = freed.get(handle);
        if (before != null) {
            misuse.initCause(before);
        }
        return misuse;
    }

    private void verify(long handle, byte expected) {
        MemorySegment cell = pool.view(handle);
        for (long i = 0; i < cell.byteSize(); i++) {
            byte found = cell.get(ValueLayout.JAVA_BYTE, i);
            if (found != expected) {
                throw new IllegalStateException(
                        "cell %016x holds %02x at %d instead of %02x"
                                .formatted(handle, found, i, expected));
            }
        }
    }

    /** Never the poison. */
    private static byte cookie(long handle) {
        return (byte) (Long.hashCode(handle * 31) & 0x7F);
    }
}
