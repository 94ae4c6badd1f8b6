package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BackgroundErrorsTest {

    private long failures;
    private long nowNanos;
    private int asked;
    private final BackgroundErrors errors =
            new BackgroundErrors(
                    () -> {
                        asked++;
                        return failures;
                    },
                    () -> nowNanos);

    @Test
    void failureStopsWritesWithinAMoment() {
        failures = 3;
        errors.throwIfAny();
        nowNanos += TimeUnit.SECONDS.toNanos(1);
        assertThatExceptionOfType(StoreException.Failed.class)
                .isThrownBy(errors::throwIfAny)
                .withMessageContaining("3 failed")
                .satisfies(e -> assertThat(e.outcome()).isEqualTo(Outcome.NOT_APPLIED));
    }

    @Test
    void rocksIsNotAskedForEveryGroup() {
        for (int group = 0; group < 1_000; group++) {
            errors.throwIfAny();
            nowNanos += TimeUnit.MILLISECONDS.toNanos(1);
        }
        assertThat(asked).isBetween(5, 50);
    }
}
