package cordwood.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How long a full heap is waited out. */
final class HeapPauseTest {

    private static final int MANY = 600;

    @Test
    void pausesEndInAnOpeningWhoseCallerMayHaveTheHeap() {
        AtomicInteger pauses = new AtomicInteger();
        assertThatThrownBy(() ->
                        PrivateThread.open(
                                "opening",
                                () -> {
                                    while (true) {
                                        HeapPause.take();
                                        pauses.incrementAndGet();
                                    }
                                }))
                .isInstanceOf(OutOfMemoryError.class);
        assertThat(pauses.get()).isBetween(MANY / 2, MANY);
    }

    @Test
    void pausesGoOnWhereSomethingIsToBeFinished() {
        AtomicInteger pauses = new AtomicInteger();
        PrivateThread.run(
                "closing",
                () -> {
                    for (int i = 0; i < MANY; i++) {
                        HeapPause.take();
                        pauses.incrementAndGet();
                    }
                });
        assertThat(pauses.get()).isEqualTo(MANY);
    }
}
