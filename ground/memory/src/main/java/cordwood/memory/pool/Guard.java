package cordwood.memory.pool;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * What checked mode knows of one cell: the memory its user has instead, and how far its life is.
 */
final class Guard {

    /** Nobody has the handle yet, or nobody may use it any more. */
    static final int ENDED = 0;

    static final int LIVE = 1;
    static final int RETIRED = 2;

    /** Somebody is ending it, who alone may change this. */
    static final int ENDING = 3;

    /** Its memory is closed, and the rest failed: to be done when the pool frees its cell again. */
    static final int UNFINISHED_RETIRED = 4;

    /** It was live when the pool was closed: only its figures are left. */
    static final int LEAKED = 5;

    private static final VarHandle STATE = stateHandle();

    final Arena arena;
    final MemorySegment view;
    final int alignmentBytes;
    final Throwable allocation;

    /** Of its cell: 0 before it has one. Set before it is live. */
    long handle;

    /** The handle, once it may be in the map. Set before it is live. */
    @Nullable Long key;

    // Confined to who ends it.

    /** Charged for the arena, until that was released: then 0. */
    long chargedBytes;

    /** The next on the list of the unfinished. */
    @Nullable Guard nextUnfinished;

    /** Where it was retired, if it was. */
    volatile @Nullable Throwable retirement;

    private volatile int state = ENDED;

    Guard(
            Arena arena,
            MemorySegment view,
            int alignmentBytes,
            long chargedBytes,
            Throwable allocation) {
        this.arena = arena;
        this.view = view;
        this.alignmentBytes = alignmentBytes;
        this.chargedBytes = chargedBytes;
        this.allocation = allocation;
    }

    int state() {
        return state;
    }

    void become(int next) {
        state = next;
    }

    /** Of all who try, one succeeds. */
    boolean become(int expected, int next) {
        return STATE.compareAndSet(this, expected, next);
    }

    /** Whether the handle may be used. */
    boolean isUsable() {
        int now = state;
        return now == LIVE || now == RETIRED;
    }

    /** Whether it was not freed, whoever was to do it. */
    boolean isLeak() {
        return state == LEAKED || isUsable();
    }

    /** Whether a guard in that state holds something which is nobody's to end. */
    static boolean isToBeClosed(int state) {
        return switch (state) {
            case LIVE, RETIRED, UNFINISHED_RETIRED -> true;
            default -> false;
        };
    }

    private static VarHandle stateHandle() {
        try {
            return MethodHandles.lookup().findVarHandle(Guard.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
