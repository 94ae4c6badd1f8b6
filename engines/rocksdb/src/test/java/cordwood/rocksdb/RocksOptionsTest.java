package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider.Setting;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RocksOptionsTest {

    private static final Path NOWHERE = Path.of("nowhere");

    @TempDir private Path directory;

    private static Map<String, Setting> explained(long budgetBytes, Map<String, String> engine) {
        return new RocksProvider()
                .explain(new StoreOptions(NOWHERE, budgetBytes, engine)).stream()
                        .collect(Collectors.toMap(Setting::key, setting -> setting));
    }

    @Test
    void everyKeyIsExplained() {
        assertThat(explained(512L << 20, Map.of()).keySet()).containsAll(RocksOptions.KEYS);
    }

    @Test
    void buffersFollowTheBudget() {
        Map<String, Setting> settings = explained(512L << 20, Map.of());
        assertThat(settings)
                .extractingFromEntries(e -> e.getKey() + " = " + e.getValue().value())
                .contains(
                        "cells = 8 MiB",
                        "block-cache = 440 MiB",
                        "memtables = 256 MiB",
                        "write-buffer = 32 MiB",
                        "write-buffers-max = 12",
                        "level-base = 256 MiB");
        assertThat(settings.values()).allSatisfy(s -> assertThat(s.reason()).isNotBlank());
    }

    @Test
    void smallestBudgetStillHoldsItsMemtables() {
        for (long budgetBytes : new long[] {32L << 20, 33L << 20, 100L << 20, 8L << 30}) {
            Sizes sizes = RocksOptions.of(new StoreOptions(NOWHERE, budgetBytes, Map.of())).sizes();
            assertThat(sizes.writeBufferBytes() * sizes.writeBuffersMax())
                    .isLessThan(sizes.cacheBytes());
            assertThat(sizes.writeBuffersMax()).isBetween(2, 12);
        }
    }

    @Test
    void givenValueIsInForceAndSaidToBe() {
        Map<String, Setting> settings =
                explained(512L << 20, Map.of("block-size", "16KiB", "periodic-compaction", "2h"));
        assertThat(settings.get("block-size"))
                .isEqualTo(new Setting("block-size", "16 KiB", "given"));
        assertThat(settings.get("periodic-compaction"))
                .isEqualTo(new Setting("periodic-compaction", "7200s", "given"));
    }

    @ParameterizedTest
    @CsvSource({
        "disable-wal, yes, true or false",
        "block-size, many, is not a size",
        "block-size, 12, at least 1 KiB",
        "max-file-size, 1MiB, at least 16 MiB",
        "max-sub-compactions, -1, a number from 0",
        "log-keep-file-num, two, a number from 1",
        "periodic-compaction, 250ms, a whole number of seconds",
        "periodic-compaction, soon, is not a duration",
        "log-level, inof, did you mean 'info'?",
        "statistics-level, everything, known are",
        "wal-dir, log, an absolute directory"
    })
    void valueOutOfRangeIsRefusedByKey(String key, String value, String reason) {
        assertThatExceptionOfType(StoreException.Invalid.class)
                .isThrownBy(() -> explained(512L << 20, Map.of(key, value)))
                .withMessageContaining("option '" + key + "'")
                .withMessageContaining(reason);
    }

    @Test
    void unknownKeyIsRefusedBeforeAnythingIsTouched() {
        assertThatExceptionOfType(StoreException.Invalid.class)
                .isThrownBy(() ->
                        Fixtures.open(directory.resolve("s"), "disable-wal-sync", "true").close())
                .withMessageContaining("disable-wal-fsync");
        assertThat(directory).isEmptyDirectory();
    }
}
