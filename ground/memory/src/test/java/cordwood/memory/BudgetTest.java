package cordwood.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class BudgetTest {

    private static final long MIB = 1L << 20;

    @Test
    void reserveBeyondTheCapIsRefusedAndChangesNothing() {
        Budget budget = new Budget(100);
        Account account = budget.account("a");
        account.reserve(60);
        assertThatThrownBy(() -> account.reserve(41))
                .isInstanceOf(BudgetExceeded.class)
                .hasMessage("a asked for 41 bytes with 60 of 100 in use");
        assertThat(account.usedBytes()).isEqualTo(60);
        assertThat(account.tryReserve(40)).isTrue();
        assertThat(budget.usedBytes()).isEqualTo(100);
        assertThat(budget.refusals()).isEqualTo(1);
    }

    @Test
    void usedAndPeakAreCountedByOwner() {
        Budget budget = new Budget(100);
        Account a = budget.account("a");
        Account b = budget.account("b");
        a.reserve(30);
        b.reserve(50);
        a.release(30);
        b.release(10);
        a.reserve(5);
        assertThat(a.usedBytes()).isEqualTo(5);
        assertThat(a.peakBytes()).isEqualTo(30);
        assertThat(b.usedBytes()).isEqualTo(40);
        assertThat(b.peakBytes()).isEqualTo(50);
        assertThat(budget.usedBytes()).isEqualTo(45);
        assertThat(budget.peakBytes()).isEqualTo(80);
        assertThat(budget.account("a")).isSameAs(a);
        assertThat(budget.accounts()).containsExactly(a, b);
    }

    @Test
    void releaseOfMoreThanIsHeldIsRefused() {
        Budget budget = new Budget(100);
        budget.account("b").reserve(50);
        assertThatThrownBy(() -> budget.account("a").release(1))
                .isInstanceOf(IllegalStateException.class);
        assertThat(budget.usedBytes()).isEqualTo(50);
    }

    @Test
    void waitingReserveIsServedWhenOthersRelease() throws InterruptedException {
        Budget budget = new Budget(100);
        Account account = budget.account("a");
        account.reserve(80);
        Thread waiter =
                Thread.startVirtualThread(() -> {
                    try {
                        account.reserve(50, Duration.ofSeconds(20));
                    } catch (InterruptedException stop) {
                        Thread.currentThread().interrupt();
                    }
                });
        account.release(10);
        account.release(20);
        assertThat(waiter.join(Duration.ofSeconds(20))).isTrue();
        assertThat(account.usedBytes()).isEqualTo(100);
    }

    @Test
    void waitingReserveGivesUpAtItsDeadline() {
        Budget budget = new Budget(100);
        budget.account("a").reserve(80);
        assertThatThrownBy(() -> budget.account("b").reserve(50, Duration.ofMillis(5)))
                .isInstanceOf(BudgetExceeded.class);
        assertThatThrownBy(() -> budget.account("b").reserve(101, Duration.ofDays(1)))
                .isInstanceOf(BudgetExceeded.class);
    }

    /** A million attempts by eight threads for the last MiB: the sum never goes over the cap. */
    @Test
    void budgetIsNeverExceededByAByte() throws InterruptedException {
        long capBytes = 64 * MIB;
        Budget budget = new Budget(capBytes);
        budget.account("base").reserve(capBytes - MIB);
        AtomicLong outside = new AtomicLong(capBytes - MIB);
        AtomicLong worst = new AtomicLong();
        AtomicLong granted = new AtomicLong();
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            Account account = budget.account("racer " + t);
            long stepBytes = 100_003L * (t + 1);
            threads.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                await(start);
                                for (int i = 0; i < 125_000; i++) {
                                    if (account.tryReserve(stepBytes)) {
                                        granted.incrementAndGet();
                                        long now = outside.addAndGet(stepBytes);
                                        worst.accumulateAndGet(now, Math::max);
                                        outside.addAndGet(-stepBytes);
                                        account.release(stepBytes);
                                    }
                                }
                            }));
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(worst.get()).isLessThanOrEqualTo(capBytes);
        assertThat(budget.peakBytes()).isLessThanOrEqualTo(capBytes);
        assertThat(granted.get()).isPositive();
        assertThat(budget.usedBytes()).isEqualTo(capBytes - MIB);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stop) {
            throw new AssertionError(stop);
        }
    }
}
