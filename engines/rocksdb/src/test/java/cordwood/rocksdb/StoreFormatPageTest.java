package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

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
        assertThat(inside).hasSize(3).endsWith("wal-dir beside the tables");
        assertThat(outside).hasSize(3).endsWith("wal-dir " + log);
        assertThat(root.resolve("inside/rocksdb/CURRENT")).exists();
    }
}
