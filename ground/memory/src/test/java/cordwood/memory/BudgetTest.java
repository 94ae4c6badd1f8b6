package cordwood.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
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
                        account.reserve(50, Duration.ofMinutes(2));
                    } catch (InterruptedException stop) {
                        Thread.currentThread().interrupt();
                    }
                });
        account.release(10);
        account.release(20);
        assertThat(waiter.join(Duration.ofMinutes(2))).isTrue();
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

    @Test
    void negativeAmountsAreInvalid() {
        Budget budget = new Budget(100);
        Account account = budget.account("a");
        account.reserve(50);
        assertThatThrownBy(() -> account.reserve(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> account.tryReserve(Long.MIN_VALUE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> account.reserve(-1, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> account.release(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(budget.usedBytes()).isEqualTo(50);
    }

    @Test
    void longestPatienceAndLargestWishAreServedOrRefused() throws InterruptedException {
        Account account = new Budget(100).account("a");
        account.reserve(10, Duration.ofSeconds(Long.MAX_VALUE));
        account.reserve(10, Duration.ofSeconds(Long.MIN_VALUE));
        assertThat(account.usedBytes()).isEqualTo(20);
        assertThatThrownBy(
                        () -> account.reserve(Long.MAX_VALUE, Duration.ofSeconds(Long.MAX_VALUE)))
                .isInstanceOf(BudgetExceeded.class);
        assertThatThrownBy(() -> account.reserve(Long.MAX_VALUE))
                .isInstanceOf(BudgetExceeded.class);
    }

    @Test
    void reclaimersAreAskedBeforeARefusalAndOneThatFailsKeepsNobody() {
        Budget budget = new Budget(100);
        Account hoard = budget.account("hoard");
        Account account = budget.account("a");
        hoard.reserve(100);
        budget.reclaimers().add(() -> hoard.release(Math.min(30, hoard.usedBytes())));
        Reclaimer failing =
                () -> {
                    throw new OutOfMemoryError("injected");
                };
        budget.reclaimers().add(failing);
        assertThat(account.tryReserve(20)).isTrue();
        account.reserve(40);
        assertThat(budget.failures().failures().count()).isEqualTo(2);
        budget.reclaimers().remove(failing);
        assertThat(account.tryReserve(50)).isFalse();
        assertThat(budget.refusals()).isEqualTo(1);
        assertThat(budget.failures().failures().count()).isEqualTo(2);
    }

    @Test
    void waiterForMuchKeepsWhatIsReleasedFromNewcomers() throws InterruptedException {
        Budget budget = new Budget(100);
        Account small = budget.account("small");
        Account large = budget.account("large");
        small.reserve(99);
        Thread waiter =
                Thread.startVirtualThread(() -> {
                    try {
                        large.reserve(60, Duration.ofDays(1));
                    } catch (InterruptedException stop) {
                        Thread.currentThread().interrupt();
                    }
                });
        long startNanos = System.nanoTime();
        while (small.tryReserve(1)) {
            small.release(1);
            assertThat(System.nanoTime() - startNanos).isLessThan(TimeUnit.MINUTES.toNanos(2));
            LockSupport.parkNanos(100_000);
        }
        for (int i = 0; i < 58; i++) {
            small.release(1);
            assertThat(small.tryReserve(1)).isFalse();
        }
        small.release(1);
        assertThat(waiter.join(Duration.ofMinutes(1))).isTrue();
        assertThat(large.usedBytes()).isEqualTo(60);
        assertThat(small.tryReserve(1)).isFalse();
        large.release(1);
        assertThat(small.tryReserve(1)).isTrue();
    }

    @Test
    void onlyTheFirstInLineAsksAgainAndAgain() throws InterruptedException {
        Budget budget = new Budget(100);
        Account account = budget.account("a");
        account.reserve(100);
        Map<Thread, AtomicInteger> asked = new ConcurrentHashMap<>();
        budget.reclaimers()
                .add(() ->
                        asked.computeIfAbsent(Thread.currentThread(), _ -> new AtomicInteger())
                                .incrementAndGet());
        List<Thread> waiters = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Thread waiter = Thread.ofPlatform().start(() -> waitFor(account, 50));
            waiters.add(waiter);
            awaitAsked(asked, waiter, 1);
        }
        Thread first = waiters.getFirst();
        Thread second = waiters.getLast();
        awaitAsked(asked, first, 5);
        assertThat(asked.get(second)).hasValue(1);
        first.interrupt();
        awaitAsked(asked, second, 3);
        account.release(50);
        assertThat(second.join(Duration.ofMinutes(1))).isTrue();
        assertThat(account.usedBytes()).isEqualTo(100);
    }

    private static void awaitAsked(Map<Thread, AtomicInteger> asked, Thread thread, int count) {
        long startNanos = System.nanoTime();
        while (asked.getOrDefault(thread, new AtomicInteger()).get() < count) {
            assertThat(System.nanoTime() - startNanos).isLessThan(TimeUnit.MINUTES.toNanos(2));
            LockSupport.parkNanos(100_000);
        }
    }

    private static void waitFor(Account account, long bytes) {
        try {
            account.reserve(bytes, Duration.ofDays(1));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void interruptedWaiterLeavesTheLine() throws InterruptedException {
        Budget budget = new Budget(100);
        Account account = budget.account("a");
        account.reserve(50);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> account.reserve(60, Duration.ofDays(1)))
                .isInstanceOf(InterruptedException.class);
        account.reserve(50);
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
