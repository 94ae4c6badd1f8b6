package cordwood.loglet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Compares {@code docs/format/loglet-record.md} with the descriptors. */
class RecordFormatPageTest {

    private final List<String> page = lines();

    @Test
    void fieldsAreWhereThePageSaysTheyAre() {
        List<List<String>> rows = table("| Field |");

        assertThat(rows)
                .extracting(List::getFirst)
                .containsExactly(
                        "version", "key style", "keys", "flags", "created at", "extension", "body");
        for (int keyStyle = 0; keyStyle <= RecordDescriptor.KEY_STYLE_RANGE; keyStyle++) {
            int k = RecordDescriptor.keyCount(keyStyle) * RecordDescriptor.KEY_BYTES;
            assertThat(offset(rows.get(0), k)).isEqualTo(RecordDescriptor.VERSION_OFFSET);
            assertThat(offset(rows.get(1), k)).isEqualTo(RecordDescriptor.KEY_STYLE_OFFSET);
            assertThat(offset(rows.get(2), k)).isEqualTo(RecordDescriptor.KEYS_OFFSET);
            assertThat(offset(rows.get(3), k)).isEqualTo(RecordDescriptor.flagsOffset(keyStyle));
            assertThat(offset(rows.get(4), k))
                    .isEqualTo(RecordDescriptor.createdAtOffset(keyStyle));
            assertThat(offset(rows.get(5), k)).isEqualTo(RecordDescriptor.headerBytes(keyStyle));
        }
        assertThat(rows.get(3).get(2)).isEqualTo("" + RecordDescriptor.FLAGS_BYTES);
        assertThat(rows.get(4).get(2)).isEqualTo("" + RecordDescriptor.CREATED_AT_BYTES);
        assertThat(rows.get(5).get(2)).isEqualTo(RecordDescriptor.EXTENSION_LENGTH_BYTES + " + n");
        assertThat(rows.get(0).get(4)).isEqualTo("" + RecordDescriptor.FORMAT_VERSION);
        assertThat(rows.get(3).get(4))
                .contains("(0x%x): hybrid".formatted(RecordDescriptor.FLAG_HYBRID_CLOCK))
                .contains("(0x%x): extended".formatted(RecordDescriptor.FLAG_EXTENDED_HEADER));
    }

    @Test
    void keyStylesAreThePages() {
        List<List<String>> rows = table("| Key style |");

        assertThat(rows).hasSize(RecordDescriptor.KEY_STYLE_RANGE + 1);
        for (int keyStyle = 0; keyStyle < rows.size(); keyStyle++) {
            assertThat(rows.get(keyStyle).subList(1, 6))
                    .containsExactly(
                            "" + keyStyle,
                            "" + RecordDescriptor.keyCount(keyStyle) * RecordDescriptor.KEY_BYTES,
                            "" + RecordDescriptor.flagsOffset(keyStyle),
                            "" + RecordDescriptor.createdAtOffset(keyStyle),
                            "" + RecordDescriptor.headerBytes(keyStyle));
        }
        assertThat(String.join("\n", page))
                .contains(
                        "The header takes %d to %d bytes."
                                .formatted(
                                        RecordDescriptor.HEADER_BYTES_MIN,
                                        RecordDescriptor.HEADER_BYTES_MAX));
    }

    @Test
    void attributesAreThePages() {
        List<List<String>> rows = table("| Attribute |");

        assertThat(rows)
                .extracting(row -> Integer.decode(row.get(1)))
                .containsExactly(
                        AttributeDescriptor.SEQUENCER_ID,
                        AttributeDescriptor.SEAL_ID,
                        AttributeDescriptor.GLOBAL_TAIL_ID);
        assertThat(rows.get(0).get(2)).isEqualTo("" + AttributeDescriptor.SEQUENCER_BYTES);
        assertThat(rows.get(2).get(2)).isEqualTo("" + AttributeDescriptor.GLOBAL_TAIL_BYTES);
        for (List<String> row : rows) {
            int id = Integer.decode(row.get(1));
            assertThat(row.getFirst()).contains("(`" + (char) id + "`)");
        }
    }

    @Test
    void limitsAndSpaceAreThePages() {
        String text = String.join("\n", page);
        assertThat(text)
                .contains(
                        "space %d (0x%x) `%s`"
                                .formatted(
                                        AttributeDescriptor.SPACE.id(),
                                        AttributeDescriptor.SPACE.id(),
                                        AttributeDescriptor.SPACE.name()))
                .contains("the offset, 1 to %,d ".formatted(LogletOffset.LAST))
                .contains("The highest tail is %,d,".formatted(LogletOffset.MAX))
                .contains("past offset %,d is refused".formatted(LogletOffset.LAST));
    }

    @Test
    void exampleIsWhatThePageSaysItIs() {
        int start = page.indexOf("```");
        int end = page.subList(start + 1, page.size()).indexOf("```") + start + 1;
        String hex = String.join(" ", page.subList(start + 1, end)).replace(" ", "");
        byte[] value = HexFormat.of().parseHex(hex);

        LogRecord record = RecordFormatTest.decode(value);

        assertThat(record.keys()).isEqualTo(new Keys.Single(7));
        assertThat(record.createdAtNanos()).isEqualTo(1_700_000_000_000_000_000L);
        assertThat(
                        new String(
                                record.body().toArray(ValueLayout.JAVA_BYTE),
                                StandardCharsets.US_ASCII))
                .isEqualTo("hello");
        assertThat(RecordFormatTest.encode(record)).isEqualTo(value);
    }

    /** Evaluates "2", "2 + k" and "12 + k". */
    private static int offset(List<String> row, int k) {
        return Arrays.stream(row.get(1).split(" \\+ "))
                .mapToInt(term -> term.equals("k") ? k : Integer.parseInt(term))
                .sum();
    }

    private List<List<String>> table(String head) {
        List<List<String>> rows = new ArrayList<>();
        int at = 0;
        while (!page.get(at).startsWith(head)) {
            at++;
        }
        for (int i = at + 2; i < page.size() && page.get(i).startsWith("|"); i++) {
            List<String> cells = List.of(page.get(i).split("\\|", -1));
            rows.add(cells.subList(1, cells.size() - 1).stream().map(String::strip).toList());
        }
        return rows;
    }

    private static List<String> lines() {
        try {
            return Files.readAllLines(Path.of("../../docs/format/loglet-record.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
