package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.lsm.inspect.FileReport;
import cordwood.lsm.inspect.LsmInspection;
import cordwood.lsm.inspect.StoreReport;
import cordwood.store.Durability;
import cordwood.store.Metric;
import cordwood.store.Space;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider.Setting;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.disk.CrashingDisk;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which codec a store writes where, and what it refuses. */
final class CodecsTest {

    private static final Path STORE = Path.of("/disk/store").toAbsolutePath();
    private static final Space SPACE = new Space(3, "test");
    private static final Space OTHER = new Space(4, "other");
    private static final int RECORDS = 400;

    private final CrashingDisk disk = new CrashingDisk(1);

    private static StoreOptions options(String... keysAndValues) {
        return Fixtures.options(STORE, StoreOptions.MEMORY_BUDGET_BYTES_MIN, keysAndValues);
    }

    private LsmStore open(String... keysAndValues) {
        return LsmStore.open(options(keysAndValues), LsmEnvironment.on(disk));
    }

    /** A stream of text and one of noise, flushed together. */
    private static void fill(LsmStore store, long from) {
        try (WriteBatch batch = store.newBatch()) {
            for (long position = from; position < from + RECORDS; position++) {
                batch.put(SPACE, 1, position, text(position));
                batch.put(SPACE, 2, position, Bytes.random(position, 200));
            }
            store.append(batch, Durability.DURABLE).await();
        }
        store.flush();
    }

    private static MemorySegment text(long position) {
        return Bytes.of("request %d took %d ms; ".formatted(position, position % 97).repeat(8));
    }

    private List<String> tables() {
        StoreReport report =
                new LsmInspection(disk, StoreOptions.MEMORY_BUDGET_BYTES_MIN, () -> false)
                        .verify(STORE, _ -> {});
        assertThat(report.findings()).isEmpty();
        return report.files().stream()
                .filter(file -> file.kind().equals("table"))
                .map(FileReport::content)
                .filter(content -> content.startsWith("records"))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"lz4, deflate", "none, none", "deflate, lz4", "lz4, none"})
    void flushesWriteOneCodecAndMergesAnotherEachWhereItSaves(String warm, String cold) {
        try (LsmStore store = open("compression", warm, "cold-compression", cold)) {
            fill(store, 0);
            fill(store, RECORDS);
        }
        assertThat(tables()).hasSize(2).allMatch(content -> isOf(content, warm));

        try (LsmStore store = open("compression", warm, "cold-compression", cold)) {
            store.compact();
        }
        assertThat(tables()).hasSize(1).allMatch(content -> isOf(content, cold));
        try (LsmStore store = open()) {
            assertThat(store.bounds(SPACE, 1).last()).isEqualTo(2 * RECORDS - 1);
        }
    }

    @Test
    void aSingleTableIsCompressedWithTheColdCodecOnce() {
        try (LsmStore store = open()) {
            fill(store, 0);
            store.compact();
            long written = store.metrics().value(Metric.COMPACTION_WRITE_BYTES);
            assertThat(written).isPositive();
            store.compact();
            assertThat(store.metrics().value(Metric.COMPACTION_WRITE_BYTES)).isEqualTo(written);
        }
        assertThat(tables()).singleElement().matches(content -> isOf(content, "deflate"));
    }

    /** The noise is raw whatever the codec; the text is not. */
    private static boolean isOf(String content, String codec) {
        boolean isRaw = content.matches("records, \\d+ blocks \\(\\d+ raw\\), .*");
        return codec.equals("none")
                ? isRaw
                : content.matches("records, \\d+ blocks \\(\\d+ raw, \\d+ " + codec + "\\), .*");
    }

    @Test
    void mergesCompressMoreUnlessNothingIsCompressed() {
        assertThat(LsmSettings.of(options()).explain(options().engine()))
                .contains(
                        new Setting(
                                "cold-compression",
                                "deflate",
                                "default: the same of merged blocks, unless compression is none"));
        StoreOptions none = options("compression", "none");
        assertThat(LsmSettings.of(none).explain(none.engine()))
                .extracting(setting -> setting.key() + "=" + setting.value())
                .contains("compression=none", "cold-compression=none", "codecs=raw lz4 deflate");
    }

    @Test
    void eachSpaceHasTheCodecsThatItIsGiven() {
        String[] options = {"compression", "none,3=lz4", "cold-compression", "3=deflate"};
        try (LsmStore store = open(options);
                WriteBatch batch = store.newBatch()) {
            fill(store, 0);
            for (long position = 0; position < RECORDS; position++) {
                batch.put(OTHER, 1, position, text(position));
            }
            store.append(batch, Durability.DURABLE).await();
            store.flush();
        }
        assertThat(tables())
                .filteredOn(content -> content.contains(" lz4)"))
                .as("blocks of space 3, and only those")
                .hasSize(1);
        assertThat(tables()).filteredOn(content -> isOf(content, "none")).hasSize(1);

        try (LsmStore store = open(options)) {
            store.compact();
        }
        assertThat(tables())
                .singleElement()
                .matches(content -> isOf(content, "deflate"))
                .matches(content -> !content.contains("(0 raw"));
        assertThat(LsmSettings.of(options(options)).explain(options(options).engine()))
                .extracting(setting -> setting.key() + "=" + setting.value())
                .contains("compression=none, 3=lz4", "cold-compression=none, 3=deflate");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3=lz5       | has no value \"lz5\"",
                "lz4,deflate | \"lz4\" and \"deflate\" are both for all other spaces",
                "logs=lz4    | \"logs\" is no space: give its number, 1 to 254",
                "3=lz4,3=lz4 | space 3 is there twice"
            })
    void aSpaceWithoutACodecIsRefused(String text, String message) {
        assertThatThrownBy(() -> open("compression", text))
                .isInstanceOf(StoreException.Invalid.class)
                .hasMessageContaining("option 'compression'")
                .hasMessageContaining(message.replace('"', '\''));
    }

    @ParameterizedTest
    @ValueSource(strings = {"compression", "cold-compression"})
    void aCodecThatIsNotToBeHadIsRefusedWithWhatToDo(String key) {
        assertThatThrownBy(() -> open(key, "zstd"))
                .isInstanceOf(StoreException.Invalid.class)
                .hasMessage(
                        "option '"
                                + key
                                + "' cannot be 'zstd' here: put the module cordwood.lsm.zstd on the"
                                + " module path");
        for (String unknown : List.of("raw", "lz5")) {
            assertThatThrownBy(() -> open(key, unknown))
                    .isInstanceOf(StoreException.Invalid.class)
                    .hasMessageContaining("option '%s' has no value '%s'", key, unknown);
        }
    }
}
