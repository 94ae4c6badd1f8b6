package cordwood.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps on threads of their own. */
@Timeout(30)
final class StepExecutorTest {

    private static StepExecutor executor(String kind) {
        return switch (kind) {
            case "virtual" -> StepExecutor.virtualThreads();
            case "platform" -> StepExecutor.platformThreads();
            default -> throw new IllegalArgumentException(kind);
        };
    }

    private static final class Work implements StepExecutor.Step {
        private final AtomicInteger left = new AtomicInteger();
        private final AtomicInteger done = new AtomicInteger();
        private final AtomicReference<Thread> thread = new AtomicReference<>();

        @Override
        public boolean run() {
            thread.set(Thread.currentThread());
            if (left.get() == 0) {
                return false;
            }
            left.decrementAndGet();
            done.incrementAndGet();
            return true;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"virtual", "platform"})
    void aWakeIsNeverLost(String kind) {
        Work work = new Work();
        try (StepExecutor.Handle handle = executor(kind).start("step", work)) {
            for (int i = 1; i <= 20_000; i++) {
                work.left.incrementAndGet();
                handle.wake();
                if (i % 4 == 0) {
                    while (work.done.get() < i) {
                        Thread.onSpinWait();
                    }
                }
            }
        }
        assertThat(work.done).hasValue(20_000);
        assertThat(work.thread.get().isVirtual()).isEqualTo(kind.equals("virtual"));
        assertThat(work.thread.get().getName()).isEqualTo("step");
    }

    @ParameterizedTest
    @ValueSource(strings = {"virtual", "platform"})
    void closeRunsTheStepDryAndEndsItsThread(String kind) {
        Work work = new Work();
        StepExecutor.Handle handle = executor(kind).start("step", work);
        work.left.set(1_000);
        handle.close();
        assertThat(work.done).hasValue(1_000);
        assertThat(work.thread.get().isAlive()).isFalse();
        handle.close();
        handle.wake();
    }

    @ParameterizedTest
    @ValueSource(strings = {"virtual", "platform"})
    void anIdleStepParks(String kind) {
        Work work = new Work();
        try (StepExecutor.Handle handle = executor(kind).start("step", work)) {
            while (work.thread.get() == null
                    || work.thread.get().getState() != Thread.State.WAITING) {
                LockSupport.parkNanos(100_000);
            }
            work.left.set(1);
            handle.wake();
            while (work.done.get() == 0) {
                LockSupport.parkNanos(100_000);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"virtual", "platform"})
    void anIdleStepParksThoughWhatItRanLeftAnInterrupt(String kind) {
        AtomicReference<Thread> thread = new AtomicReference<>();
        StepExecutor.Step step =
                () -> {
                    boolean isFirst = thread.getAndSet(Thread.currentThread()) == null;
                    if (isFirst) {
                        Thread.currentThread().interrupt();
                    }
                    return isFirst;
                };
        try (StepExecutor.Handle _ = executor(kind).start("step", step)) {
            while (thread.get() == null || thread.get().getState() != Thread.State.WAITING) {
                LockSupport.parkNanos(100_000);
            }
            assertThat(thread.get().isInterrupted()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"virtual", "platform"})
    void anInterruptDoesNotCutCloseShortAndIsKept(String kind) {
        AtomicBoolean finished = new AtomicBoolean();
        AtomicBoolean begun = new AtomicBoolean();
        StepExecutor.Handle handle =
                executor(kind)
                        .start(
                                "slow",
                                () -> {
                                    if (begun.getAndSet(true)) {
                                        return false;
                                    }
                                    LockSupport.parkNanos(20_000_000);
                                    finished.set(true);
                                    return true;
                                });
        Thread.currentThread().interrupt();
        handle.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(finished).isTrue();
    }

    /** Starts only when it is told to, as one that the JDK lost, or found again. */
    private static final class LateThread extends Thread {
        private LateThread(Runnable body) {
            super(body);
        }

        @Override
        public void start() {}

        private void startAfterAll() {
            super.start();
        }
    }

    @Test
    void aStepWhoseThreadDoesNotComeGetsAnotherAndTheLateOneLeavesItAlone() throws Exception {
        Work work = new Work();
        AtomicReference<LateThread> late = new AtomicReference<>();
        ThreadedStep handle =
                new ThreadedStep(
                        body -> {
                            late.set(new LateThread(body));
                            return late.get();
                        },
                        Thread.ofPlatform().daemon().name("spare").factory(),
                        work);
        work.left.set(3);
        handle.wake();
        handle.look();
        assertThat(work.thread).hasNullValue();
        handle.look();
        while (work.done.get() < 3) {
            Thread.onSpinWait();
        }
        late.get().startAfterAll();
        late.get().join();
        assertThat(work.thread.get().getName()).isEqualTo("spare");
        work.left.set(2);
        handle.wake();
        handle.look();
        handle.close();
        assertThat(work.done).hasValue(5);
        assertThat(work.thread.get().getName()).isEqualTo("spare");
    }

    @Test
    void closingWaitsForTheThreadInPlaceOfALostOne() {
        Work work = new Work();
        ThreadedStep handle =
                new ThreadedStep(LateThread::new, Thread.ofPlatform().daemon().factory(), work);
        work.left.set(3);
        Thread closer = Thread.ofPlatform().start(handle::close);
        while (closer.isAlive()) {
            handle.look();
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(work.done).hasValue(3);
    }
}
