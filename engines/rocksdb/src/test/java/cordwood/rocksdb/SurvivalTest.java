package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import cordwood.store.Durability;
import cordwood.store.LocalStore;
import cordwood.store.Order;
import cordwood.store.StoreException;
import cordwood.store.StreamBounds;
import cordwood.store.WriteBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A copy of the files of a running store is what the death of its process would leave. */
class SurvivalTest {

    @TempDir private Path root;

    private Path copyOf(Path directory, String name) throws IOException {
        Path copy = root.resolve(name);
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(directory.relativize(file)));
            }
        }
        return copy;
    }

    private static List<Long> upTo(long end) {
        return LongStream.range(0, end).boxed().toList();
    }

    @Test
    void everythingAcknowledgedAsWrittenSurvivesTheProcess() throws IOException {
        Path directory = root.resolve("store");
        try (LocalStore store = Fixtures.open(directory)) {
            for (int round = 0; round < 5; round++) {
                Fixtures.put(store, 1, round * 3L, 3, 100);
                try (LocalStore survivor = Fixtures.open(copyOf(directory, "copy" + round))) {
                    assertThat(Fixtures.positions(survivor, 1, Order.FORWARD))
                            .isEqualTo(upTo((round + 1) * 3L));
                }
            }
        }
    }

    @Test
    void trimsSurviveWithTheRecordsTheyHide() throws IOException {
        Path directory = root.resolve("store");
        try (LocalStore store = Fixtures.open(directory)) {
            Fixtures.put(store, 1, 0, 10, 100);
            Fixtures.trim(store, 1, 6);
            Fixtures.trim(store, 1, 4);
            try (LocalStore survivor = Fixtures.open(copyOf(directory, "copy"))) {
                assertThat(survivor.bounds(Fixtures.SPACE, 1)).isEqualTo(new StreamBounds(7, 9, 6));
                Fixtures.put(survivor, 1, 5, 1, 1);
                assertThat(survivor.bounds(Fixtures.SPACE, 1)).isEqualTo(new StreamBounds(7, 9, 6));
            }
        }
    }

    @Test
    void tornTailIsDroppedAndTheRestKept() throws IOException {
        Path directory = root.resolve("store");
        try (LocalStore store = Fixtures.open(directory)) {
            Fixtures.put(store, 1, 0, 1, 100);
            Fixtures.put(store, 1, 1, 1, 100);
            Path torn = copyOf(directory, "torn");
            Path log = logOf(torn);
            byte[] bytes = Files.readAllBytes(log);
            int end = bytes.length;
            while (bytes[end - 1] == 0) {
                end--;
            }
            Files.write(log, java.util.Arrays.copyOf(bytes, end - 10));
            try (LocalStore survivor = Fixtures.open(torn)) {
                assertThat(Fixtures.positions(survivor, 1, Order.FORWARD)).isEqualTo(upTo(1));
            }
        }
    }

    @Test
    void damageBeforeTheTailIsRefused() throws IOException {
        Path directory = root.resolve("store");
        try (LocalStore store = Fixtures.open(directory)) {
            for (int i = 0; i < 50; i++) {
                Fixtures.put(store, 1, i * 10L, 10, 1_000);
            }
            Path damaged = copyOf(directory, "damaged");
            Path log = logOf(damaged);
            byte[] bytes = Files.readAllBytes(log);
            bytes[100_000] ^= 1;
            Files.write(log, bytes);
            assertThatExceptionOfType(StoreException.Corrupt.class)
                    .isThrownBy(() -> Fixtures.open(damaged).close());
        }
    }

    private static Path logOf(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("rocksdb"))) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .max(java.util.Comparator.comparingLong(SurvivalTest::bytes))
                    .orElseThrow();
        }
    }

    private static long bytes(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void batchIsAllThereOrNotAtAll() throws IOException {
        Path directory = root.resolve("store");
        try (LocalStore store = Fixtures.open(directory);
                WriteBatch batch = store.newBatch()) {
            for (int i = 0; i < 50; i++) {
                batch.put(Fixtures.SPACE, i, 1, Fixtures.pattern(100));
                batch.attribute(Fixtures.SPACE, i, 1, Fixtures.pattern(10));
            }
            store.append(batch, Durability.WRITTEN).await();
            Path whole = copyOf(directory, "whole");
            byte[] bytes = Files.readAllBytes(logOf(whole));
            for (int cut = 0; cut < 10_000; cut += 1_999) {
                Path torn = copyOf(directory, "torn" + cut);
                Files.write(logOf(torn), java.util.Arrays.copyOf(bytes, cut));
                try (LocalStore survivor = Fixtures.open(torn)) {
                    int streams = Fixtures.streams(survivor, Fixtures.SPACE).size();
                    assertThat(streams).isIn(0, 50);
                }
            }
        }
    }
}
