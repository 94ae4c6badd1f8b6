package cordwood.memory.fault;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one trial, the product's own among them: a thread belongs to the group of the one
 * that started it.
 */
public final class TrialGroup extends ThreadGroup {

    /** What the names of the product's own threads begin with. */
    private static final String OWN = "cordwood-";

    private static final String UPKEEP = "cordwood-memory";

    private final AtomicInteger callerMappings = new AtomicInteger();
    private volatile @Nullable Aim aim;
    private volatile @Nullable Thread adopter;
    private final AtomicInteger rounds = new AtomicInteger();

    /** A fault for the first thread of that kind that begins a round. */
    private record Aim(Fault fault, boolean upkeep) {}

    /** An empty group. */
    public TrialGroup() {
        super("fault-trial");
    }

    /** The group of the calling thread. */
    public static TrialGroup current() {
        if (Thread.currentThread().getThreadGroup() instanceof TrialGroup group) {
            return group;
        }
        throw new IllegalStateException("not in a trial");
    }

    /**
     * Aims at one of the product's own threads, from the next time on that it has waited: the
     * upkeep thread, or another.
     */
    public void aim(Fault fault, boolean upkeep) {
        adopter = null;
        rounds.set(0);
        aim = new Aim(fault, upkeep);
    }

    /** Ends the aim. */
    public void stopAiming() {
        Aim now = aim;
        if (now != null) {
            now.fault.disarm();
        }
        aim = null;
    }

    /** Rounds that the thread aimed at has begun. */
    public int rounds() {
        return rounds.get();
    }

    /** Has the thread aimed at begin a round; answers false when there is none, or it has ended. */
    public boolean wakeAimedAt() {
        Aim now = aim;
        Thread[] threads = new Thread[activeCount() + 16];
        int count = enumerate(threads);
        boolean isThere = false;
        for (int i = 0; i < count; i++) {
            if (now != null && isAimedAt(threads[i], now)) {
                LockSupport.unpark(threads[i]);
                isThere = true;
            }
        }
        return isThere;
    }

    /** Native allocations for chunks by threads that are not the product's own. */
    public int callerMappings() {
        return callerMappings.get();
    }

    /** Whether the product has a thread of its own beside upkeep. */
    public boolean hasOtherOwnThread() {
        Thread[] threads = new Thread[activeCount() + 16];
        int count = enumerate(threads);
        for (int i = 0; i < count; i++) {
            if (isOwn(threads[i]) && !threads[i].getName().equals(UPKEEP)) {
                return true;
            }
        }
        return false;
    }

    @Nullable Fault faultOf(Thread thread) {
        Aim now = aim;
        return now != null && thread.equals(adopter) ? now.fault : null;
    }

    void waited(Thread thread) {
        Aim now = aim;
        if (now == null || !isAimedAt(thread, now)) {
            return;
        }
        if (adopter == null) {
            adopter = thread;
            now.fault.arm();
        }
        if (thread.equals(adopter)) {
            now.fault.begin();
            rounds.incrementAndGet();
        }
    }

    void mapping(Thread thread) {
        if (!isOwn(thread)) {
            callerMappings.incrementAndGet();
        }
    }

    private static boolean isAimedAt(Thread thread, Aim aim) {
        return isOwn(thread) && thread.getName().equals(UPKEEP) == aim.upkeep;
    }

    private static boolean isOwn(Thread thread) {
        return thread.getName().startsWith(OWN);
    }
}
