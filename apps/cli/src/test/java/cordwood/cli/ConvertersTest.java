package cordwood.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.store.Durability;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

final class ConvertersTest {

    @ParameterizedTest
    @CsvSource({"250ms, 250", "5s, 5000", "2m, 120000", "1h, 3600000", "1.5s, 1500", "0, 0"})
    void durationsTakeTheirUnits(String text, long millis) {
        assertThat(Converters.duration(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "-1s", "5 parsecs", "1e3s", "9999999999h"})
    void otherDurationsAreRefused(String text) {
        assertThatThrownBy(() -> Converters.duration(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'%s' is not a", text);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1000000, 1000000", "1_000_000, 1000000"})
    void countsMayBeGrouped(String text, long count) {
        assertThat(new Converters.Count().convert(text)).isEqualTo(count);
    }

    @ParameterizedTest
    @CsvSource({
        "0, is under 1",
        "-1, is not a whole number",
        "1.5, is not a whole number",
        "1_0, is not a whole number",
        "99999999999999999999, is not a whole number"
    })
    void otherCountsAreRefused(String text, String complaint) {
        assertThatThrownBy(() -> new Converters.Count().convert(text))
                .hasMessageContaining(complaint);
    }

    @Test
    void countsOfThirtyTwoBitsEndThere() {
        assertThat(new Converters.IntCount().convert("2147483647")).isEqualTo(Integer.MAX_VALUE);
        assertThatThrownBy(() -> new Converters.IntCount().convert("2147483648"))
                .hasMessageContaining("is over 2147483647");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-0.1", "1.01", "NaN", "Infinity"})
    void fractionsOutsideZeroToOneAreRefused(String text) {
        assertThatThrownBy(() -> new Converters.Fraction().convert(text))
                .hasMessageContaining("is outside 0..1");
    }

    @Test
    void fractionsReachBothEnds() {
        assertThat(new Converters.Fraction().convert("0")).isZero();
        assertThat(new Converters.Fraction().convert("1")).isEqualTo(1.0);
        assertThatThrownBy(() -> new Converters.Fraction().convert("half"))
                .hasMessageContaining("'half' is not a number");
    }

    @Test
    void durabilitiesReadInAnyCase() {
        assertThat(Converters.durability("Written")).isEqualTo(Durability.WRITTEN);
    }
}
