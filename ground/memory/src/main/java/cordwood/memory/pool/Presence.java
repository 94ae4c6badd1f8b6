package cordwood.memory.pool;

/**
 * Whether a thread is inside a pool right now.
 *
 * <p>Looking at a thread's stack stops it at a point where its registers are in memory. So what it
 * wrote before is seen afterwards, and what was written before is seen by it: this is the fence
 * that whoever works with a shard of its own need not pay for.
 */
final class Presence {

    /** One of these is on the stack of every thread that touches a shard. */
    private static final String POOL = ShardedPool.class.getName();

    private static final String LOCAL = ShardLocal.class.getName();

    private Presence() {}

    /** True when it is, or when that cannot be told now. */
    static boolean isInside(Thread thread) {
        if (!thread.isAlive()) {
            return false;
        }
        StackTraceElement[] trace = thread.getStackTrace();
        for (StackTraceElement frame : trace) {
            String name = frame.getClassName();
            if (name.equals(POOL) || name.equals(LOCAL)) {
                return true;
            }
        }
        return trace.length == 0 && thread.isAlive();
    }
}
