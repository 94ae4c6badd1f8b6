package cordwood.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.bench.json.Json;
import cordwood.bench.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the tables say of a run. */
final class RunTablesTest {

    @Test
    void wholeNumbersAreShownToTheLastDigit() {
        JsonObject run =
                Json.read(
                        Json.write(
                                new JsonObject()
                                        .put("rate", Long.MAX_VALUE)
                                        .put("records", 1_234_567)
                                        .put("skew", 0.5)));

        assertThat(
                        new Tables.Rows()
                                .numberIfAny("rate", run, "rate")
                                .number("records", run, "records")
                                .number("skew", run, "skew")
                                .number("none", run, "none")
                                .table("run"))
                .contains(" 9,223,372,036,854,775,807 ", " 1,234,567 ", " 0.500 ", " - ");
    }

    @ParameterizedTest
    @CsvSource({
        "WRITTEN, WRITTEN, 20, written (but each trim syncs)",
        "WRITTEN, WRITTEN, , written",
        "WRITTEN, DURABLE, 20, written (durable asked) (but each trim syncs)",
        "DURABLE, DURABLE, 20, durable",
        "NONE, DURABLE, 20, ''",
    })
    void ofARunThatTrimsTheLevelSaysThatTrimsSync(
            String shown, String asked, Long trimLag, String text) {
        JsonObject run =
                new JsonObject()
                        .put("durability", shown)
                        .put(
                                "config",
                                new JsonObject().put("durability", asked).put("trim_lag", trimLag));

        assertThat(RunTables.durability(run)).isEqualTo(text);
    }
}
