package cordwood.memory.pool;

import java.util.ArrayDeque;

/**
 * Writes figures as one JSON object. Names are plain and values numbers: nothing needs escaping.
 */
final class JsonWriter implements FigureWriter {

    private final StringBuilder text = new StringBuilder();
    private final ArrayDeque<Character> ends = new ArrayDeque<>();

    JsonWriter(String mode) {
        text.append("{\"allocator_mode\":\"").append(mode).append('"');
    }

    @Override
    public JsonWriter group(String name) {
        return name(name).begin('{', '}');
    }

    @Override
    public JsonWriter list(String name) {
        return name(name).begin('[', ']');
    }

    @Override
    public JsonWriter item() {
        return comma().begin('{', '}');
    }

    @Override
    public JsonWriter end() {
        text.append(ends.pop());
        return this;
    }

    @Override
    public JsonWriter field(String name, Object value) {
        name(name).text.append(value);
        return this;
    }

    @Override
    public JsonWriter none(String name) {
        return field(name, "null");
    }

    @Override
    public String toString() {
        return text + "}";
    }

    private JsonWriter begin(char start, char end) {
        text.append(start);
        ends.push(end);
        return this;
    }

    private JsonWriter name(String name) {
        comma().text.append('"').append(name).append("\":");
        return this;
    }

    private JsonWriter comma() {
        if ("{[".indexOf(text.charAt(text.length() - 1)) < 0) {
            text.append(',');
        }
        return this;
    }
}
