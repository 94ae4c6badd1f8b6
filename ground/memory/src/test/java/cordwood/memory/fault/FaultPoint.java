package cordwood.memory.fault;

import org.jspecify.annotations.Nullable;

/** What rewritten classes call: see {@link FaultLoader}. */
public final class FaultPoint {

    private FaultPoint() {}

    /** Before something is allocated on the heap. */
    public static void allocation() {
        Fault fault = current();
        if (fault != null) {
            fault.atAllocation();
        }
    }

    /** Before a call. */
    public static void call() {
        Fault fault = current();
        if (fault != null) {
            fault.atCall();
        }
    }

    /** The thread has made sure of room on its stack, for the rest of its operation. */
    public static void roomMade() {
        Fault fault = current();
        if (fault != null) {
            fault.roomMade();
        }
    }

    /** The thread has waited, as the product's own threads do between their rounds. */
    public static void waited() {
        Thread thread = Thread.currentThread();
        if (thread.getThreadGroup() instanceof TrialGroup group) {
            group.waited(thread);
        }
    }

    /** Before native memory for a chunk is taken from the system. */
    public static void mapping() {
        Thread thread = Thread.currentThread();
        if (thread.getThreadGroup() instanceof TrialGroup group) {
            group.mapping(thread);
        }
    }

    private static @Nullable Fault current() {
        Thread thread = Thread.currentThread();
        if (thread instanceof FaultThread own) {
            return own.fault;
        }
        return thread.getThreadGroup() instanceof TrialGroup group ? group.faultOf(thread) : null;
    }
}
