package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import cordwood.files.Disk;
import cordwood.store.StoreException;
import cordwood.store.StoreLimits;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider.Setting;
import cordwood.testkit.disk.SmallDisk;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
                        "batches = 96 MiB",
                        "block-cache = 408 MiB",
                        "cursors = 128 MiB",
                        "iterators-max = 512",
                        "memtables = 256 MiB",
                        "write-buffer = 32 MiB",
                        "write-buffers-max = 12",
                        "level-base = 256 MiB");
        assertThat(settings.values()).allSatisfy(s -> assertThat(s.reason()).isNotBlank());
    }

    private static Sizes sizes(long budgetBytes) {
        return RocksOptions.of(new StoreOptions(NOWHERE, budgetBytes, Map.of())).sizes();
    }

    @ParameterizedTest
    @ValueSource(longs = {32, 33, 64, 100, 153, 154, 512, 8 << 10, 4L << 30, Long.MAX_VALUE >> 20})
    void partsAreNoMoreThanTheBudget(long budgetMib) {
        Sizes sizes = sizes(budgetMib << 20);
        assertThat(sizes.batchBytes() + sizes.cellBytes() + sizes.cacheBytes())
                .isPositive()
                .isLessThanOrEqualTo(budgetMib << 20);
        assertThat(sizes.memtableBytes()).isBetween(1L, sizes.cacheBytes() * 3 / 4);
        assertThat(sizes.writeBufferBytes() * sizes.writeBuffersMax())
                .isLessThanOrEqualTo(sizes.cacheBytes());
        assertThat(sizes.writeBuffersMax()).isBetween(2, 12);
        assertThat(sizes.iteratorsMax()).isBetween(32, 4_096);
        assertThat(sizes.walBytesMax()).isPositive();
        assertThat(sizes.compactionBytesMax()).isPositive();
    }

    @ParameterizedTest
    @CsvSource({"20, 4, 2", "110, 6, 2", "1600, 64, 25", "4096, 64, 64", "5000, 64, 64"})
    void writeBuffersAndTablesFitASmallDisk(long freeMib, long bufferMib, long tableMib) {
        StoreOptions options = new StoreOptions(NOWHERE, 1L << 30, Map.of());
        SmallDisk disk = new SmallDisk(Disk.real(), freeMib << 20);
        Sizes sizes = RocksOptions.of(options, disk).sizes();
        assertThat(sizes.writeBufferBytes() >> 20).isEqualTo(bufferMib);
        assertThat(sizes.tableBytes() >> 20).isEqualTo(tableMib);
    }

    @ParameterizedTest
    @ValueSource(longs = {32, 64, 100, 128, 153, 154, 512, 8 << 10})
    void batchWithinTheLimitsFitsIntoItsPartOfTheBudget(long budgetMib) {
        Sizes sizes = sizes(budgetMib << 20);
        StoreLimits limits = sizes.limits();
        assertThat(limits.batchBytesMax() + (long) Sizes.ENTRY_BYTES * limits.batchRecordsMax())
                .isLessThanOrEqualTo(sizes.batchBytes());
        assertThat(limits.recordBytesMax()).isLessThanOrEqualTo((int) limits.batchBytesMax());
        assertThat(limits.batchRecordsMax()).isGreaterThan(100_000);
    }

    @Test
    void limitsAreTheCommonOnesWithMemoryEnough() {
        assertThat(sizes(154L << 20).limits()).isEqualTo(StoreLimits.LOCAL);
        assertThat(sizes(64L << 20).limits().recordBytesMax()).isEqualTo(32 << 20);
        assertThat(sizes(32L << 20).limits())
                .isEqualTo(new StoreLimits(16 << 20, 16 << 20, 131_072));
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 51, Long.MAX_VALUE})
    void budgetBeyondTheMachineIsRefusedBeforeAnythingIsTouched(long budgetBytes) {
        StoreOptions options = new StoreOptions(directory.resolve("s"), budgetBytes, Map.of());
        assertThatExceptionOfType(StoreException.Invalid.class)
                .isThrownBy(() -> new RocksProvider().open(options).close())
                .withMessageContaining("memory");
        assertThat(directory).isEmptyDirectory();
        assertThat(new RocksProvider().explain(options)).isNotEmpty();
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
        "block-size, 4GiB, at most 16 MiB",
        "compaction-readahead-size, 1TiB, at most 64 MiB",
        "max-file-size, 9000TiB, at most 1 TiB",
        "write-batch-commit-bytes, 4GiB, at most 1 GiB",
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
