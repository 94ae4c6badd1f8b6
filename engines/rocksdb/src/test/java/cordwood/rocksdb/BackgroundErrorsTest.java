package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BackgroundErrorsTest {

    private long failures;
    private boolean isShortOfRoom;
    private long nowNanos;
    private int asked;
    private final BackgroundErrors errors =
            new BackgroundErrors(
                    () -> {
                        asked++;
                        return failures;
                    },
                    () -> isShortOfRoom,
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
    void whatFailsForWantOfRoomIsExcusedAndALaterFailureIsNot() {
        failures = 2;
        isShortOfRoom = true;
        nowNanos += TimeUnit.SECONDS.toNanos(1);
        errors.throwIfAny();
        isShortOfRoom = false;
        nowNanos += TimeUnit.SECONDS.toNanos(1);
        errors.throwIfAny();
        failures = 3;
        nowNanos += TimeUnit.SECONDS.toNanos(1);
        assertThatExceptionOfType(StoreException.Failed.class)
                .isThrownBy(errors::throwIfAny)
                .withMessageContaining("1 failed");
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
