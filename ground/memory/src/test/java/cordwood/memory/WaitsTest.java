package cordwood.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waiting with a bound, on both kinds of threads. */
@Timeout(60)
final class WaitsTest {

    private static final long LONG_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final Object lock = new Object();
    private final AtomicBoolean claimed = new AtomicBoolean();

    @Test
    void aVirtualThreadWaitsWithoutATimerWhichWouldNeedHeap() throws InterruptedException {
        Thread waiting =
                Thread.ofVirtual().start(() -> Waits.until(lock, LONG_NANOS, claimed::get));
        int seenWaiting = 0;
        while (seenWaiting < 100) {
            Thread.State state = waiting.getState();
            assertThat(state).isNotEqualTo(Thread.State.TIMED_WAITING);
            seenWaiting += state == Thread.State.WAITING ? 1 : 0;
        }
        claimed.set(true);
        waiting.join();
    }

    @Test
    void moreVirtualThreadsThanPlacesAllBeginAndHearOfTheClaim() throws InterruptedException {
        AtomicInteger heard = new AtomicInteger();
        CountDownLatch begun = new CountDownLatch(3_000);
        List<Thread> waiting = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            waiting.add(
                    Thread.ofVirtual()
                            .start(() -> {
                                begun.countDown();
                                if (Waits.until(lock, LONG_NANOS, claimed::get)) {
                                    heard.incrementAndGet();
                                }
                            }));
        }
        begun.await();
        claimed.set(true);
        for (Thread one : waiting) {
            one.join();
        }
        assertThat(heard).hasValue(3_000);
    }

    @Test
    void theBoundEndsItAndAnInterruptDoesNotAndIsKept() throws InterruptedException {
        for (Thread.Builder kind : List.of(Thread.ofVirtual(), Thread.ofPlatform())) {
            AtomicBoolean kept = new AtomicBoolean();
            long startNanos = System.nanoTime();
            long waitNanos = TimeUnit.MILLISECONDS.toNanos(50);
            Thread waiting =
                    kind.start(() -> {
                        Thread.currentThread().interrupt();
                        boolean got = Waits.until(lock, waitNanos, claimed::get);
                        kept.set(!got && Thread.interrupted());
                    });
            waiting.join();
            assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(waitNanos);
            assertThat(kept).isTrue();
        }
    }
}
