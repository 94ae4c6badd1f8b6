package cordwood.bench.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTest {

    @Test
    void objectsSurviveWritingAndReading() {
        JsonObject object =
                new JsonObject()
                        .put("text", "a \"quoted\"\nline \u00e9")
                        .put("whole", Long.MIN_VALUE)
                        .put("number", 0.1)
                        .put("truth", true)
                        .put("nothing", null)
                        .put("not.a.path", 7)
                        .put("list", Arrays.asList("x", 1, null, new JsonObject().put("y", 2)))
                        .put("inner", new JsonObject().put("deep", new JsonObject().put("z", 3)));
        assertThat(Json.read(Json.write(object))).isEqualTo(object);
        assertThat(Json.write(object)).contains("\n");
    }

    @Test
    void pathsLeadInside() {
        JsonObject object = Json.read("{\"a\": {\"b\": {\"c\": 1.5, \"d\": null}}, \"l\": [{}]}");
        assertThat(object.number("a.b.c")).isEqualTo(1.5);
        assertThat(object.has("a.b.d")).isFalse();
        assertThat(object.has("a.x.c")).isFalse();
        assertThat(object.numberOrNaN("a.b.x")).isNaN();
        assertThat(object.objects("l")).containsExactly(new JsonObject());
        assertThatThrownBy(() -> object.text("a.b.c"))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("a.b.c");
    }

    @Test
    void numbersThatAreNotFiniteBecomeNull() {
        JsonObject object =
                new JsonObject().put("nan", Double.NaN).put("list", List.of(Double.NaN));
        assertThat(Json.read(Json.write(object)).find("nan")).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | begin",
                "[] | begin",
                "{\"a\": } | line 1",
                "{\"a\": 1, \"a\": 2} | Duplicate",
                "{} {} | something follows",
                "{\"a\": [1, | line 1",
            })
    void whatIsNotOneObjectIsRefused(String text, String what) {
        assertThatThrownBy(() -> Json.read(text))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining(what);
    }
}
