package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.store.LocalStore;
import cordwood.store.Space;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares {@code docs/format/rocksdb-store.md} with what is written. */
class StoreFormatPageTest {

    private static final Space SPACE = new Space(100, "example");
    private static final long STREAM = -1;
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

    @TempDir private Path root;
    private String page = "";

    @BeforeEach
    void readPage() throws IOException {
        page = Files.readString(Path.of("../../docs/format/rocksdb-store.md"));
    }

    private void assertExample(String name, byte[] bytes) {
        assertThat(page).containsPattern("\n" + name + " +" + HEX.formatHex(bytes) + "\n");
    }

    @Test
    void keysAndTrimPointsAreThePages() {
        byte[] key = Keys.data(SPACE, STREAM, 5);
        assertExample("data key", key);
        assertExample("attribute key", Keys.metadata(SPACE.id(), STREAM, 7));
        assertExample("trim key", Keys.metadata(SPACE.id(), STREAM, Keys.TRIM_POINT_ID));
        assertExample("trim value", Keys.trimPoint(4));
        assertThat(Keys.trimPointOf(Keys.trimPoint(4))).isEqualTo(4);
        assertThat(Keys.streamOf(ByteBuffer.wrap(key))).isEqualTo(STREAM);
        assertThat(Keys.positionOf(ByteBuffer.wrap(key))).isEqualTo(5);
        assertThat(key).hasSize(Keys.DATA_BYTES).startsWith(Keys.streamStart(100, STREAM));
        assertThat(page)
                .contains("| %d | the record's bytes |".formatted(Keys.DATA_BYTES))
                .contains("| %d | the attribute's bytes |".formatted(Keys.METADATA_BYTES))
                .contains("The first %d bytes of a data key".formatted(Keys.PREFIX_BYTES));
    }

    @Test
    void descriptionIsThePages() throws IOException {
        Path log = root.resolve("log");
        Fixtures.open(root.resolve("inside")).close();
        Fixtures.open(root.resolve("outside"), "wal-dir", log.toString()).close();
        List<String> inside = Files.readAllLines(root.resolve("inside/STORE"));
        List<String> outside = Files.readAllLines(root.resolve("outside/STORE"));
        assertThat(page)
                .contains("| 1 | `" + inside.get(0) + "` |")
                .contains("| 2 | `creating` or `" + inside.get(1) + "` |");
        assertThat(inside).hasSize(5).contains("wal-dir beside the tables");
        assertThat(outside).hasSize(5).contains("wal-dir " + log);
        String identity = outside.get(3).substring("identity ".length());
        assertThat(identity).matches("[0-9a-f]{32}");
        assertThat(Files.readAllLines(log.resolve("CORDWOOD-WAL")))
                .first()
                .isEqualTo("cordwood rocksdb log, identity " + identity);
        assertThat(page).contains("`cordwood rocksdb log, identity …`");
        assertThat(root.resolve("inside/rocksdb/CURRENT")).exists();
    }

    @Test
    void recordOfFilesIsThePages() throws IOException {
        Path store = root.resolve("store");
        try (LocalStore open = Fixtures.open(store)) {
            assertThat(Files.readAllLines(store.resolve("LOGS"))).contains("open");
            Fixtures.put(open, 1, 0, 1, 1);
        }
        List<String> lines = Files.readAllLines(store.resolve("LOGS"));
        assertThat(lines.get(0)).matches("cordwood rocksdb logs, identity [0-9a-f]{32}");
        assertThat(lines.get(1)).isEqualTo("closed");
        assertThat(lines.get(2)).matches("first \\d+");
        assertThat(lines.get(3)).matches("manifest MANIFEST-\\d{6} \\d+ [0-9a-f]{8}");
        assertThat(lines.get(4)).matches("log \\d{6}\\.log 0 00000000");
        assertThat(lines.get(5)).matches("checksum [0-9a-f]{8}");
        assertThat(page)
                .contains("| 1 | `cordwood rocksdb logs, identity …` |")
                .contains("| 2 | `closed`, `opening` or `open` |");
        assertExampleText("STORE", new StoreDescription(2, true, "0f".repeat(16), "/disk2/log"));
    }

    /** Everything down to the checksum. */
    private void assertExampleText(String name, StoreDescription description) {
        assertThat(page).as(name).contains("\n" + SealedText.sealed(description.lines()));
    }
}
