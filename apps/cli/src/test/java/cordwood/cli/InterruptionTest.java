package cordwood.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class InterruptionTest {

    private final Interruption interruption = new Interruption();
    private final AtomicInteger heard = new AtomicInteger();

    @Test
    void listenersHearARequestOnce() {
        interruption.onRequest(heard::incrementAndGet);
        assertThat(heard).hasValue(0);

        interruption.request();
        interruption.request();

        assertThat(heard).hasValue(1);
        assertThat(interruption.requested()).isTrue();
    }

    @Test
    void whoComesLateHearsAtOnce() {
        interruption.request();

        interruption.onRequest(heard::incrementAndGet);

        assertThat(heard).hasValue(1);
    }
}
