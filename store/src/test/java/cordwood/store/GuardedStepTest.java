package cordwood.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A step that throws. */
@Timeout(60)
final class GuardedStepTest {

    @Test
    void whatIsThrownIsToldAndTheStepIsRunAgain() {
        List<Throwable> told = new ArrayList<>();
        RuntimeException exception = new IllegalStateException("bug");
        Error error = new StackOverflowError();
        AtomicInteger runs = new AtomicInteger();
        GuardedStep step =
                new GuardedStep(
                        () -> {
                            int run = runs.getAndIncrement();
                            if (run == 0) {
                                throw exception;
                            }
                            if (run == 1) {
                                throw error;
                            }
                            return false;
                        },
                        told::add);
        assertThat(step.run()).isTrue();
        assertThat(step.run()).isTrue();
        assertThat(step.run()).isFalse();
        assertThat(told).containsExactly(exception, error);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void throwAs(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Test
    void whatOtherLanguagesThrowUndeclaredIsToldToo() {
        List<Throwable> told = new ArrayList<>();
        Exception checked = new IOException("thrown by a test");
        GuardedStep step =
                new GuardedStep(
                        () -> {
                            GuardedStepTest.<RuntimeException>throwAs(checked);
                            return false;
                        },
                        told::add);
        assertThat(step.run()).isTrue();
        assertThat(told).containsExactly(checked);
    }

    @Test
    void itsThreadOutlivesWhoIsToldAndThrowsHimself() throws InterruptedException {
        AtomicInteger left = new AtomicInteger(3);
        CountDownLatch thrown = new CountDownLatch(3);
        GuardedStep step =
                new GuardedStep(
                        () -> {
                            if (left.getAndDecrement() > 0) {
                                throw new IllegalStateException("bug");
                            }
                            return false;
                        },
                        bug -> {
                            thrown.countDown();
                            throw new IllegalStateException(bug);
                        });
        try (StepExecutor.Handle handle = StepExecutor.virtualThreads().start("step", step)) {
            handle.wake();
            thrown.await();
        }
        assertThat(left.get()).isNegative();
    }
}
