package cordwood.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class ReclaimersTest {

    private static final int MIB = 1 << 20;

    private final AtomicBoolean refusing = new AtomicBoolean();
    private final Memory memory =
            Memory.unattended(
                    new MemoryOptions(8 * MIB, MIB, false),
                    bytes -> {
                        if (refusing.get()) {
                            throw new OutOfMemoryError("injected");
                        }
                        return ChunkSource.system(bytes);
                    });
    private final Account account = memory.budget().account("test");
    private final AtomicInteger calls = new AtomicInteger();

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void lastOneAddedIsAskedFirstWhoeverWasTakenBackBefore() {
        List<String> asked = new ArrayList<>();
        Reclaimer first = () -> asked.add("first");
        memory.addReclaimer(first);
        memory.addReclaimer(() -> asked.add("second"));
        memory.addReclaimer(() -> asked.add("third"));
        memory.removeReclaimer(first);
        memory.addReclaimer(() -> asked.add("fourth"));
        assertThat(account.tryReserve(8 * MIB)).isTrue();
        assertThat(account.tryReserve(1)).isFalse();
        assertThat(asked).containsExactly("fourth", "third", "second");
        account.release(8 * MIB);
    }

    @Test
    void removeWaitsForEveryCallThatHasBegun() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(2);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger over = new AtomicInteger();
        AtomicInteger overAtRemove = new AtomicInteger();
        Reclaimer slow =
                () -> {
                    begun.countDown();
                    await(go);
                    over.incrementAndGet();
                };
        memory.addReclaimer(slow);
        account.reserve(8 * MIB);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            threads.add(Thread.startVirtualThread(() -> account.tryReserve(1)));
        }
        begun.await();
        Thread remover =
                Thread.ofPlatform()
                        .start(() -> {
                            memory.removeReclaimer(slow);
                            overAtRemove.set(over.get());
                        });
        threads.add(remover);
        while (remover.isAlive() && remover.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(overAtRemove).hasValue(2);
        account.release(8 * MIB);
    }

    @Test
    void secondRemoveWaitsForTheSameCallAsTheFirst() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger over = new AtomicInteger();
        Reclaimer slow =
                () -> {
                    begun.countDown();
                    await(go);
                    over.incrementAndGet();
                };
        memory.addReclaimer(slow);
        List<Thread> threads = new ArrayList<>();
        threads.add(Thread.startVirtualThread(memory::askReclaimers));
        begun.await();
        AtomicInteger overAtRemove = new AtomicInteger();
        for (int i = 0; i < 2; i++) {
            Thread remover =
                    Thread.ofPlatform()
                            .start(() -> {
                                memory.removeReclaimer(slow);
                                overAtRemove.addAndGet(over.get());
                            });
            threads.add(remover);
            while (remover.isAlive() && remover.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
        }
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(overAtRemove).hasValue(2);
    }

    @Test
    void reclaimerAddedTwiceAndTakenBackOnceIsAskedOnceMore() {
        Reclaimer twice = calls::incrementAndGet;
        memory.addReclaimer(twice);
        memory.addReclaimer(twice);
        memory.removeReclaimer(twice);
        memory.askReclaimers();
        assertThat(calls).hasValue(1);
    }

    @Test
    void recursionWithoutEndOfAReclaimerIsItsFailureAndKeepsNobody() {
        memory.addReclaimer(() -> {
            calls.incrementAndGet();
            account.release(8 * MIB);
        });
        memory.addReclaimer(() -> calls.addAndGet(endless(0)));
        account.reserve(8 * MIB);
        account.reserve(1);
        assertThat(calls).hasValue(1);
        assertThat(memory.upkeepFailure()).isInstanceOf(StackOverflowError.class);
        assertThat(memory.upkeepFailures().count()).isEqualTo(1);
        account.release(1);
    }

    @SuppressWarnings("InfiniteRecursion")
    private static int endless(int depth) {
        return endless(depth + 1) + 1;
    }

    @Test
    void reclaimerMayTakeItselfBack() {
        Reclaimer[] self = new Reclaimer[1];
        self[0] =
                () -> {
                    calls.incrementAndGet();
                    memory.removeReclaimer(self[0]);
                };
        memory.addReclaimer(self[0]);
        memory.askReclaimers();
        memory.askReclaimers();
        assertThat(calls).hasValue(1);
    }

    @Test
    void reclaimerThatIsRefusedItselfAsksNobodyAgain() {
        account.reserve(8 * MIB);
        memory.addReclaimer(() -> {
            calls.incrementAndGet();
            assertThat(account.tryReserve(1)).isFalse();
        });
        assertThat(account.tryReserve(2)).isFalse();
        assertThat(calls).hasValue(1);
        assertThat(memory.upkeepFailures().count()).isZero();
        account.release(8 * MIB);
    }

    @Test
    void everybodyIsAskedBeforeARefusalOfTheSystemIsFinal() throws InterruptedException {
        memory.addReclaimer(() -> {
            calls.incrementAndGet();
            refusing.set(false);
        });
        refusing.set(true);
        memory.chunks().region(account, 2 * MIB).close();
        refusing.set(true);
        memory.chunks().region(account, 3 * MIB, Duration.ofDays(1)).close();
        assertThat(calls).hasValue(2);
        refusing.set(true);
        assertThatThrownBy(() -> memory.chunks().tryRegion(account, 5 * MIB))
                .isInstanceOf(ChunkRefused.class);
        assertThat(calls).hasValue(2);
    }

    @Test
    void refusalOfTheSystemThatLastsReachesTheCaller() {
        refusing.set(true);
        memory.addReclaimer(calls::incrementAndGet);
        assertThatThrownBy(() -> memory.chunks().region(account, 1))
                .isInstanceOf(ChunkRefused.class);
        assertThat(calls).hasValue(1);
        assertThat(memory.budget().usedBytes()).isZero();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stop) {
            throw new AssertionError(stop);
        }
    }
}
