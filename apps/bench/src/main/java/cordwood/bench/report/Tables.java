package cordwood.bench.report;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import cordwood.bench.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Tables for people. Every number in them is one of the result file's. */
final class Tables {

    static final String NONE = "-";

    private Tables() {}

    /** A table whose first column is text and whose others are numbers. */
    static String of(List<String> headers, List<List<String>> rows) {
        Column[] columns = new Column[headers.size()];
        for (int i = 0; i < columns.length; i++) {
            columns[i] =
                    new Column()
                            .header(headers.get(i))
                            .headerAlign(i == 0 ? HorizontalAlign.LEFT : HorizontalAlign.RIGHT)
                            .dataAlign(i == 0 ? HorizontalAlign.LEFT : HorizontalAlign.RIGHT)
                            .maxWidth(100);
        }
        Object[][] cells = rows.stream().map(List::toArray).toArray(Object[][]::new);
        return AsciiTable.builder()
                .border(AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS)
                .data(columns, cells)
                .asString();
    }

    /** A number with the digits that matter at its size. */
    static String number(double value) {
        if (!Double.isFinite(value)) {
            return NONE;
        }
        double size = Math.abs(value);
        String form = size >= 1_000 || value == Math.rint(value) ? "%,.0f" : "%.3g";
        if (size != 0 && size < 1 && value != Math.rint(value)) {
            form = "%.3f";
        } else if (size >= 10 && size < 1_000 && value != Math.rint(value)) {
            form = "%.1f";
        }
        return String.format(Locale.ROOT, form, value);
    }

    /** Bytes in 10^6. */
    static String megabytes(double bytes) {
        return Double.isFinite(bytes) ? String.format(Locale.ROOT, "%,.1f MB", bytes / 1e6) : NONE;
    }

    /** A share as a percentage with its sign. */
    static String signedPercent(double share) {
        return Double.isFinite(share) ? String.format(Locale.ROOT, "%+.1f %%", share * 100) : NONE;
    }

    /** Rows of name and value, gathered one by one. */
    static final class Rows {
        private final List<List<String>> rows = new ArrayList<>();

        Rows add(String name, String value) {
            rows.add(List.of(name, value));
            return this;
        }

        /** A number of a run, where the run has it. */
        Rows number(String name, JsonObject run, String path) {
            return add(name, text(run.find(path)));
        }

        Rows megabytes(String name, JsonObject run, String path) {
            return add(name, Tables.megabytes(run.numberOrNaN(path)));
        }

        /** A row that appears only where the run has the figure. */
        Rows numberIfAny(String name, JsonObject run, String path) {
            return run.has(path) ? number(name, run, path) : this;
        }

        Rows megabytesIfAny(String name, JsonObject run, String path) {
            return run.has(path) ? megabytes(name, run, path) : this;
        }

        String table(String title) {
            return of(List.of(title, ""), rows);
        }
    }

    /** A value as text, {@code -} for none. */
    static String text(@Nullable Object value) {
        return switch (value) {
            case null -> NONE;
            case Long whole -> String.format(Locale.ROOT, "%,d", whole);
            case Number number -> number(number.doubleValue());
            case Object other -> other.toString();
        };
    }
}
