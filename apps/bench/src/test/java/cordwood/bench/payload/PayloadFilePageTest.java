package cordwood.bench.payload;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The format page and the code say the same. */
class PayloadFilePageTest {

    private static final Path PAGE = Path.of("../../docs/format/payload-file.md");

    @Test
    void fieldTableMatchesTheDescriptor() throws Exception {
        Map<String, Integer> offsets = new HashMap<>();
        Map<String, Integer> widths = new HashMap<>();
        for (String[] cells : rowsAfter("| Offset |")) {
            offsets.put(cells[3], Integer.valueOf(cells[1]));
            widths.put(cells[3], cells[2].isEmpty() ? 0 : Integer.parseInt(cells[2]));
        }
        assertThat(offsets)
                .isEqualTo(
                        Map.of(
                                "magic", PayloadFileDescriptor.MAGIC_OFFSET,
                                "version", PayloadFileDescriptor.VERSION_OFFSET,
                                "payload_size", PayloadFileDescriptor.PAYLOAD_SIZE_OFFSET,
                                "key_style", PayloadFileDescriptor.KEY_STYLE_OFFSET,
                                "batch_size", PayloadFileDescriptor.BATCH_SIZE_OFFSET,
                                "num_batches", PayloadFileDescriptor.NUM_BATCHES_OFFSET,
                                "seed", PayloadFileDescriptor.SEED_OFFSET,
                                "reserved", PayloadFileDescriptor.RESERVED_OFFSET,
                                "records", PayloadFileDescriptor.HEADER_BYTES));
        int end = 0;
        for (String field :
                List.of(
                        "magic",
                        "version",
                        "payload_size",
                        "key_style",
                        "batch_size",
                        "num_batches",
                        "seed",
                        "reserved")) {
            assertThat(offsets.get(field)).as(field).isEqualTo(end);
            end += widths.getOrDefault(field, 0);
        }
        assertThat(end).isEqualTo(PayloadFileDescriptor.HEADER_BYTES);
    }

    @Test
    void keyStylesMatchTheEnum() throws Exception {
        Map<Integer, Integer> keyBytes = new HashMap<>();
        for (String[] cells : rowsAfter("| key_style |")) {
            keyBytes.put(Integer.valueOf(cells[1]), Integer.valueOf(cells[2]));
        }
        assertThat(keyBytes).hasSize(KeyStyle.values().length);
        for (KeyStyle style : KeyStyle.values()) {
            assertThat(keyBytes.get(style.tag())).as(style.name()).isEqualTo(style.keyBytes());
        }
    }

    @Test
    void limitsMatchTheCode() throws Exception {
        Map<String, String> limits = new HashMap<>();
        for (String[] cells : rowsAfter("| Limit |")) {
            limits.put(cells[1], cells[2]);
        }
        assertThat(limits)
                .isEqualTo(
                        Map.of(
                                "HEADER_BYTES", "" + PayloadFileDescriptor.HEADER_BYTES,
                                "VERSION", "" + PayloadFileDescriptor.VERSION,
                                "BATCHES_MAX (in memory)", "" + PayloadPool.BATCHES_MAX));
    }

    @Test
    void exampleIsWhatTheWriterWrites(@TempDir Path directory) throws Exception {
        ByteArrayOutputStream example = new ByteArrayOutputStream();
        for (String line : Files.readAllLines(PAGE)) {
            if (line.matches("    [0-9a-f]{2}  ([0-9a-f]{2} *)+")) {
                String digits = line.substring(8).replace(" ", "");
                example.writeBytes(HexFormat.of().parseHex(digits));
            }
        }
        Path file = directory.resolve("example");
        PayloadFileWriter.write(file, new PayloadSpec(5, 0.5, KeyStyle.SINGLE, 1234567, 2), 1);
        assertThat(Files.readAllBytes(file)).isEqualTo(example.toByteArray());
        assertThat(PayloadFileHeader.decode(ByteBuffer.wrap(example.toByteArray()), file))
                .isEqualTo(new PayloadFileHeader(5, KeyStyle.SINGLE, 2, 1, 1234567));
    }

    private static List<String[]> rowsAfter(String heading) throws Exception {
        List<String> lines = Files.readAllLines(PAGE);
        int first = 0;
        while (!lines.get(first).startsWith(heading)) {
            first++;
        }
        List<String[]> rows = new ArrayList<>();
        for (int i = first + 2; lines.get(i).startsWith("|"); i++) {
            String[] cells = lines.get(i).split("\\|");
            for (int j = 0; j < cells.length; j++) {
                cells[j] = cells[j].strip();
            }
            rows.add(cells);
        }
        return rows;
    }
}
