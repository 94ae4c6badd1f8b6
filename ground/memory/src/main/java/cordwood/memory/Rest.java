package cordwood.memory;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Rests of virtual threads, of a millisecond at most, ended by one platform thread of the process.
 * What ends a timed wait of a virtual thread in the JDK needs heap; where there is none, the thread
 * is lost for good, and the carrier that it left dies with whatever was queued for it. Nothing here
 * allocates.
 */
final class Rest {

    private static final long TICK_NANOS = 1_000_000;
    private static final int PLACES = 1 << 10;

    private static final AtomicReferenceArray<Thread> RESTING = new AtomicReferenceArray<>(PLACES);
    private static final Thread WAKER =
            Thread.ofPlatform().daemon().name("cordwood-rest").unstarted(Rest::wakeAll);

    static {
        WAKER.start();
    }

    private Rest() {}

    /** Has the waker started, which takes heap; to be called before it may be full. */
    static void prepare() {}

    /** Rests the calling virtual thread; one whose interrupt status is set goes on as well. */
    static void take() {
        Thread me = Thread.currentThread();
        int firstPlace = (int) me.threadId();
        for (int i = 0; i < PLACES; i++) {
            int place = firstPlace + i & PLACES - 1;
            if (RESTING.compareAndSet(place, null, me)) {
                LockSupport.unpark(WAKER);
                LockSupport.park(RESTING);
                RESTING.set(place, null);
                return;
            }
        }
        Thread.onSpinWait();
    }

    private static void wakeAll() {
        while (true) {
            if (isAnybodyWoken()) {
                awaitTick();
            } else {
                LockSupport.park(RESTING);
            }
        }
    }

    private static boolean isAnybodyWoken() {
        boolean any = false;
        for (int place = 0; place < PLACES; place++) {
            Thread resting = RESTING.get(place);
            if (resting != null) {
                any = true;
                LockSupport.unpark(resting);
            }
        }
        return any;
    }

    /** Whoever begins to rest meanwhile does not shorten it. */
    private static void awaitTick() {
        long startNanos = System.nanoTime();
        long leftNanos = TICK_NANOS;
        while (leftNanos > 0) {
            LockSupport.parkNanos(RESTING, leftNanos);
            leftNanos = TICK_NANOS - (System.nanoTime() - startNanos);
        }
    }
}
