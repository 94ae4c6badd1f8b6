package cordwood.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class UpkeepTest {

    @Test
    void failingTasksAreCountedAndKeepNobodyFromRunning() {
        Memory memory = TestMemory.unattended(8 << 20);
        AtomicInteger runs = new AtomicInteger();
        Error first = new OutOfMemoryError("first");
        memory.addUpkeep(() -> {
            throw runs.get() == 0 ? first : new StackOverflowError("later");
        });
        memory.addUpkeep(runs::incrementAndGet);
        assertThat(memory.upkeepFailures()).isEqualTo(new UpkeepFailures(0, null, null, 0));
        for (int i = 0; i < 5; i++) {
            TestMemory.runUpkeep(memory);
        }
        assertThat(runs).hasValue(5);
        assertThat(memory.upkeepFailure()).isSameAs(first);
        UpkeepFailures failures = memory.upkeepFailures();
        assertThat(failures.count()).isEqualTo(5);
        assertThat(failures.first()).isSameAs(first);
        assertThat(failures.last()).isInstanceOf(StackOverflowError.class);
        assertThat(failures.sinceLastNanos()).isNotNegative();
        memory.close();
    }

    @Test
    void everyFailureOfARetiredActionIsCounted() {
        Memory memory = TestMemory.unattended(8 << 20);
        int count = 1_000;
        for (int i = 0; i < count; i++) {
            memory.epochs()
                    .retire(
                            1,
                            () -> {
                                throw new IllegalStateException();
                            });
        }
        TestMemory.runUpkeep(memory);
        UpkeepFailures failures = memory.upkeepFailures();
        assertThat(failures.count()).isEqualTo(count);
        assertThat(failures.first()).isNotSameAs(failures.last()).hasNoSuppressedExceptions();
        memory.close();
    }

    @Test
    void removeWaitsForARunThatHasBegun() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicBoolean over = new AtomicBoolean();
        AtomicBoolean overAtRemove = new AtomicBoolean();
        Runnable task =
                () -> {
                    begun.countDown();
                    await(go);
                    over.set(true);
                };
        try (Memory memory = Memory.open(MemoryOptions.ofBudget(8 << 20))) {
            memory.addUpkeep(task);
            begun.await();
            Thread remover =
                    Thread.ofPlatform()
                            .start(() -> {
                                memory.removeUpkeep(task);
                                overAtRemove.set(over.get());
                            });
            while (remover.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
            go.countDown();
            remover.join();
        }
        assertThat(overAtRemove).isTrue();
    }

    @Test
    void taskMayTakeItselfBack() {
        Memory memory = TestMemory.unattended(8 << 20);
        AtomicInteger runs = new AtomicInteger();
        Runnable[] task = new Runnable[1];
        task[0] =
                () -> {
                    runs.incrementAndGet();
                    memory.removeUpkeep(task[0]);
                };
        memory.addUpkeep(task[0]);
        TestMemory.runUpkeep(memory);
        TestMemory.runUpkeep(memory);
        assertThat(runs).hasValue(1);
        memory.close();
    }

    @Test
    void interruptOfATaskReachesNoOther() {
        AtomicInteger runs = new AtomicInteger();
        AtomicBoolean interrupted = new AtomicBoolean();
        try (Memory memory = Memory.open(MemoryOptions.ofBudget(8 << 20))) {
            Runnable watching =
                    () -> {
                        interrupted.compareAndSet(false, Thread.currentThread().isInterrupted());
                        runs.incrementAndGet();
                    };
            memory.addUpkeep(watching);
            memory.addUpkeep(() -> Thread.currentThread().interrupt());
            memory.addUpkeep(watching);
            while (runs.get() < 6) {
                Thread.onSpinWait();
            }
        }
        assertThat(interrupted).isFalse();
    }

    @Test
    void tasksRunInTheOrderOfTheirAddingWhoeverWasTakenBack() {
        Memory memory = TestMemory.unattended(8 << 20);
        StringBuilder ran = new StringBuilder();
        Runnable first = () -> ran.append('a');
        Runnable last = () -> ran.append('c');
        memory.addUpkeep(first);
        memory.addUpkeep(() -> ran.append('b'));
        memory.addUpkeep(last);
        memory.removeUpkeep(last);
        memory.addUpkeep(() -> ran.append('d'));
        memory.removeUpkeep(first);
        memory.addUpkeep(() -> ran.append('e'));
        TestMemory.runUpkeep(memory);
        assertThat(ran).hasToString("bde");
        memory.close();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stop) {
            throw new AssertionError(stop);
        }
    }
}
