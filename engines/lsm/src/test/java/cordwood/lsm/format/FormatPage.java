package cordwood.lsm.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page under {@code docs/format}, taken apart so that tests can hold it against the code. */
public final class FormatPage {

    private static final Pattern HEX_LINE =
            Pattern.compile("    [0-9a-f]{2}  ((?:[0-9a-f]{2}\\s*)+)");

    private final List<String> lines;

    private FormatPage(List<String> lines) {
        this.lines = lines;
    }

    /** Reads a page by its name without ending. */
    public static FormatPage read(String name) {
        try {
            return new FormatPage(
                    Files.readAllLines(Path.of("..", "..", "docs", "format", name + ".md")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> section(String heading) {
        int start = lines.indexOf("## " + heading);
        assertThat(start).as("section " + heading).isNotNegative();
        List<String> section = new ArrayList<>();
        for (int i = start + 1; i < lines.size() && !lines.get(i).startsWith("## "); i++) {
            section.add(lines.get(i));
        }
        return section;
    }

    private static List<List<String>> rows(List<String> section) {
        List<List<String>> rows = new ArrayList<>();
        for (String line : section) {
            if (line.startsWith("| ") && !line.startsWith("|---")) {
                List<String> cells = new ArrayList<>();
                for (String cell : line.substring(1).split("\\|", -1)) {
                    cells.add(cell.strip());
                }
                rows.add(cells);
            }
        }
        return rows.subList(1, rows.size());
    }

    /** The fields that a section's table says there are. */
    public List<Layout.Field> fields(String heading) {
        return rows(section(heading)).stream()
                .map(row ->
                        new Layout.Field(
                                row.get(2),
                                Integer.parseInt(row.get(0)),
                                Integer.parseInt(row.get(1))))
                .toList();
    }

    /** The limits that the page states, by the first word of each. */
    public Map<String, Long> limits() {
        Map<String, Long> limits = new TreeMap<>();
        for (List<String> row : rows(section("Limits"))) {
            String name = row.get(0);
            int end = name.indexOf(' ');
            limits.put(end < 0 ? name : name.substring(0, end), Long.parseLong(row.get(1)));
        }
        return limits;
    }

    /** The numbers and names that a section's table gives, by number. */
    public Map<Integer, String> kinds(String heading) {
        Map<Integer, String> kinds = new TreeMap<>();
        rows(section(heading)).forEach(row -> kinds.put(Integer.valueOf(row.get(0)), row.get(1)));
        return kinds;
    }

    /** The bytes of the example. */
    public byte[] example() {
        StringBuilder digits = new StringBuilder();
        for (String line : section("Example")) {
            Matcher hex = HEX_LINE.matcher(line);
            if (hex.matches()) {
                digits.append(hex.group(1).replaceAll("\\s", ""));
            }
        }
        return HexFormat.of().parseHex(digits);
    }

    /** How many lines the page has. */
    public int lineCount() {
        return lines.size();
    }
}
