package cordwood.memory.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who is waited for. A wait that ought not to be ends the test after minutes. */
final class BringersTest {

    private static final long LONG_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final Bringers bringers = new Bringers();
    private final Thread me = Thread.currentThread();
    private final Thread other = Thread.ofPlatform().unstarted(() -> {});

    @Test
    void everybodyWhoHadBegunIsWaitedForAndNobodyElse() throws InterruptedException {
        Bringers.Bringer first = bringers.begin(other);
        Bringers.Bringer second = bringers.begin(other);
        Thread waiter = startWaiting();
        bringers.end(first, true);
        Bringers.Bringer late = bringers.begin(other);
        assertThat(waiter.isAlive()).isTrue();
        bringers.end(second, false);
        waiter.join();
        bringers.end(late, true);
        assertThat(bringers.brought()).isEqualTo(2);
    }

    @Test
    void whoBringsASlabItselfWaitsForNobody() {
        Bringers.Bringer others = bringers.begin(other);
        Bringers.Bringer own = bringers.begin(me);
        bringers.await(me, System.nanoTime() + LONG_NANOS);
        bringers.end(others, true);
        bringers.end(own, true);
    }

    @Test
    void waitEndsAtTheDeadline() {
        Bringers.Bringer others = bringers.begin(other);
        bringers.await(me, System.nanoTime() + 1);
        bringers.end(others, false);
        assertThat(bringers.brought()).isZero();
    }

    private Thread startWaiting() {
        Thread waiter =
                Thread.ofPlatform()
                        .start(() ->
                                bringers.await(
                                        Thread.currentThread(), System.nanoTime() + LONG_NANOS));
        while (waiter.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        return waiter;
    }
}
