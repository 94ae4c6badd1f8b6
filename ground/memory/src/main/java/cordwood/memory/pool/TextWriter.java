package cordwood.memory.pool;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** Writes figures for people: a line for each group, {@code path name=value name=value …}. */
final class TextWriter implements FigureWriter {

    private record Line(String path, StringBuilder fields) {}

    private final List<Line> lines = new ArrayList<>();
    private final ArrayDeque<Line> open = new ArrayDeque<>();

    @Override
    public TextWriter group(String name) {
        String path = open.isEmpty() ? name : open.peek().path + "." + name;
        return begin(path);
    }

    @Override
    public TextWriter list(String name) {
        return group(name);
    }

    @Override
    public TextWriter item() {
        return begin(open.isEmpty() ? "" : open.peek().path);
    }

    @Override
    public TextWriter end() {
        open.pop();
        return this;
    }

    @Override
    public TextWriter field(String name, Object value) {
        Line line = open.peek();
        if (line != null) {
            line.fields.append(' ').append(name).append('=').append(value);
        }
        return this;
    }

    @Override
    public TextWriter none(String name) {
        return field(name, "-");
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Line line : lines) {
            if (!line.fields.isEmpty()) {
                text.append(line.path).append(line.fields).append('\n');
            }
        }
        return text.toString();
    }

    private TextWriter begin(String path) {
        Line line = new Line(path, new StringBuilder());
        lines.add(line);
        open.push(line);
        return this;
    }
}
