package cordwood.memory;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Short rests, all ended by one platform thread of the process, for virtual threads in the middle
 * of something that must go on. What ends a timed wait of a virtual thread in the JDK needs heap;
 * where there is none, the thread is lost for good, and the carrier that it left dies with whatever
 * was queued for it. Here nothing is allocated, and a rest costs no more than a hand-over; but
 * where a thousand rest at the same time, further ones wait as the JDK has it.
 *
 * <p>Safe for use by any number of threads, of either kind.
 */
public final class Rest {

    /** What a rest of few threads takes at most, but for the scheduler's part. */
    public static final long NANOS_MAX = 1_000_000;

    private static final int PLACES = 1 << 10;

    /** More threads than these rest longer, or waking them would take all processors. */
    private static final int FEW = 16;

    private static final AtomicReferenceArray<Thread> RESTING = new AtomicReferenceArray<>(PLACES);
    private static final Thread WAKER =
            Thread.ofPlatform().daemon().name("cordwood-rest").unstarted(Rest::wakeAll);

    /** Whether the waker comes by itself; it looks once more after it has said that it will not. */
    private static volatile boolean ticking;

    static {
        WAKER.start();
    }

    private Rest() {}

    /** Has the waker started, which takes heap; to be called before it may be full. */
    static void prepare() {}

    /**
     * Has the calling thread rest for up to a millisecond, or longer where many rest; how long
     * depends on when others began. One whose interrupt status is set does not rest, and keeps it.
     */
    public static void take() {
        Thread me = Thread.currentThread();
        int firstPlace = (int) me.threadId();
        for (int i = 0; i < PLACES; i++) {
            int place = firstPlace + i & PLACES - 1;
            if (RESTING.compareAndSet(place, null, me)) {
                if (!ticking) {
                    LockSupport.unpark(WAKER);
                }
                LockSupport.park(RESTING);
                RESTING.set(place, null);
                return;
            }
        }
        LockSupport.parkNanos(RESTING, tickNanos(PLACES));
    }

    private static void wakeAll() {
        while (true) {
            ticking = true;
            int wokenCount = 0;
            do {
                await(tickNanos(wokenCount));
                wokenCount = wake();
            } while (wokenCount > 0);
            ticking = false;
            if (wake() == 0) {
                LockSupport.park(RESTING);
            }
        }
    }

    private static long tickNanos(int restingCount) {
        return NANOS_MAX * Math.max(1, restingCount / FEW);
    }

    /** Wakes all who rest; answers how many. */
    private static int wake() {
        int count = 0;
        for (int place = 0; place < PLACES; place++) {
            Thread resting = RESTING.get(place);
            if (resting != null) {
                count++;
                LockSupport.unpark(resting);
            }
        }
        return count;
    }

    private static void await(long nanos) {
        long startNanos = System.nanoTime();
        long leftNanos = nanos;
        while (leftNanos > 0) {
            LockSupport.parkNanos(RESTING, leftNanos);
            leftNanos = nanos - (System.nanoTime() - startNanos);
        }
    }
}
