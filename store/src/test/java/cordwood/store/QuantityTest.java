package cordwood.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "4096, 4096",
        "12B, 12",
        "10KB, 10000",
        "10 kb, 10000",
        "10KiB, 10240",
        "1.5MiB, 1572864",
        "2GB, 2000000000",
        "1TiB, 1099511627776",
        "9223372036854775807, 9223372036854775807"
    })
    void sizeIsReadInItsUnit(String text, long bytes) {
        assertThat(ByteSize.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MiB", "-1", "10 MX", "1,5MB", "0.3", "9223372036854775808", "1e3"})
    void malformedSizeIsRefusedByName(String text) {
        assertThatExceptionOfType(StoreException.Invalid.class)
                .isThrownBy(() -> ByteSize.parse(text))
                .withMessageContaining("'" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({"0, 0 B", "1023, 1023 B", "67108864, 64 MiB", "1610612736, 1.5 GiB"})
    void sizeIsWrittenInTheLargestUnit(long bytes, String text) {
        assertThat(ByteSize.text(bytes)).isEqualTo(text);
    }

    @Test
    void durationIsReadInItsUnit() {
        assertThat(TimeSpan.parse("250ms")).isEqualTo(Duration.ofMillis(250));
        assertThat(TimeSpan.parse("5 s")).isEqualTo(Duration.ofSeconds(5));
        assertThat(TimeSpan.parse("1.5h")).isEqualTo(Duration.ofMinutes(90));
        assertThat(TimeSpan.parse("0")).isEqualTo(Duration.ZERO);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "-1s", "5 parsecs", "0.1ns", "999999999d"})
    void malformedDurationIsRefusedByName(String text) {
        assertThatExceptionOfType(StoreException.Invalid.class)
                .isThrownBy(() -> TimeSpan.parse(text))
                .withMessageContaining("'" + text + "'");
    }
}
