package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import cordwood.store.LocalStore;
import cordwood.store.Order;
import cordwood.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What RocksDB itself does not miss: logs that are gone, the end of its manifest. */
@Timeout(180)
class MissingFilesTest {

    @TempDir private Path root;

    private Path store() {
        return root.resolve("store");
    }

    private Path log() {
        return root.resolve("log");
    }

    /** A store of 40 records as the death of its process leaves it: 10 in tables, 30 in its log. */
    private Path killed(String... options) throws IOException {
        Path copy = root.resolve("killed");
        try (LocalStore store = Fixtures.open(store(), options)) {
            for (int i = 0; i < 40; i++) {
                Fixtures.put(store, 1, i, 1, 300);
                if (i == 9) {
                    store.flush();
                }
            }
            copy(store(), copy);
            if (Files.exists(log())) {
                copy(log(), root.resolve("killed-log"));
            }
        }
        return copy;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }

    private static Path only(Path directory, String pattern) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> matching =
                    files.filter(file -> file.getFileName().toString().matches(pattern)).toList();
            assertThat(matching).hasSize(1);
            return matching.getFirst();
        }
    }

    private static void assertCorrupt(Path directory, Path file, String message) {
        assertThatExceptionOfType(StoreException.Corrupt.class)
                .isThrownBy(() -> Fixtures.open(directory).close())
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.file()).isEqualTo(file));
    }

    private static void assertWhole(Path directory, String... options) {
        try (LocalStore store = Fixtures.open(directory, options)) {
            assertThat(Fixtures.positions(store, 1, Order.FORWARD)).hasSize(40);
        }
    }

    @Test
    void logDirectoryThatIsNotMountedIsRefusedAndNothingIsLost() throws IOException {
        String[] options = {"wal-dir", log().toString()};
        killed(options);
        Path away = root.resolve("away");
        Files.move(log(), away);
        for (int i = 0; i < 2; i++) {
            assertThatExceptionOfType(StoreException.Invalid.class)
                    .isThrownBy(() -> Fixtures.open(store(), options).close())
                    .withMessageContaining(log() + " is not the one");
            Files.createDirectories(log());
        }
        Files.delete(log());
        Fixtures.open(root.resolve("other"), options).close();
        assertThatExceptionOfType(StoreException.Invalid.class)
                .isThrownBy(() -> Fixtures.open(store(), options).close())
                .withMessageContaining(log() + " is another store's");
        Files.move(log(), root.resolve("of the other"));
        Files.move(away, log());
        assertWhole(store(), options);
    }

    @Test
    void logThatIsGoneIsMissed() throws IOException {
        Path directory = killed();
        Path log = only(directory.resolve("rocksdb"), "\\d+\\.log");
        Files.move(log, root.resolve("log.away"));
        assertCorrupt(directory, log, "is missing");
        Files.move(root.resolve("log.away"), log);
        assertWhole(directory);
    }

    @Test
    void logOfAClosedStoreThatIsGoneIsMissed() throws IOException {
        killed();
        Path log = only(store().resolve("rocksdb"), "\\d+\\.log");
        Files.delete(log);
        assertCorrupt(store(), log, "is missing");
    }

    @Test
    void manifestThatIsCutIsRefused() throws IOException {
        Path directory = killed();
        for (Path each : List.of(directory, store())) {
            Path manifest = only(each.resolve("rocksdb"), "MANIFEST-\\d+");
            byte[] bytes = Files.readAllBytes(manifest);
            Files.write(manifest, Arrays.copyOf(bytes, bytes.length - 70));
            assertThatExceptionOfType(StoreException.Corrupt.class)
                    .isThrownBy(() -> Fixtures.open(each).close());
            Files.write(manifest, bytes);
            assertWhole(each);
        }
    }

    @Test
    void everyFlippedBitInTheHeadsOfRecordsIsRefused() throws IOException {
        Path directory = killed();
        for (String kind : List.of("\\d+\\.log", "MANIFEST-\\d+")) {
            Path file = only(directory.resolve("rocksdb"), kind);
            byte[] sound = Files.readAllBytes(file);
            int at = 0;
            for (int record = 0; record < 3; record++) {
                for (int bit = 8 * at; bit < 8 * (at + FramedFile.HEADER_BYTES); bit += 5) {
                    byte[] damaged = sound.clone();
                    damaged[bit / 8] ^= (byte) (1 << (bit % 8));
                    Files.write(file, damaged);
                    assertThatExceptionOfType(StoreException.Corrupt.class)
                            .isThrownBy(() -> Fixtures.open(directory).close())
                            .satisfies(e -> assertThat(e.file()).isEqualTo(file));
                }
                at +=
                        FramedFile.HEADER_BYTES
                                + (sound[at + 4] & 0xff)
                                + 256 * (sound[at + 5] & 0xff);
            }
            Files.write(file, sound);
        }
        assertWhole(directory);
    }

    @Test
    void recordOfFilesThatIsGoneOrDamagedIsMissed() throws IOException {
        killed();
        Path record = store().resolve("LOGS");
        byte[] sound = Files.readAllBytes(record);
        for (int bit = 0; bit < 8 * sound.length; bit += 37) {
            byte[] damaged = sound.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            Files.write(record, damaged);
            assertCorrupt(store(), record, "LOGS");
        }
        Files.delete(record);
        assertCorrupt(store(), record, "is missing");
        Files.write(record, sound);
        assertWhole(store());
    }

    @Test
    void compressedLogsAndBlobFilesAreNoDamage() throws IOException {
        String[] options = {
            "disable-wal-compression", "false",
            "enable-blob-separation", "true",
            "blob-min-size", "100"
        };
        Path directory = killed(options);
        only(directory.resolve("rocksdb"), "\\d+\\.blob");
        assertWhole(directory, options);
        try (LocalStore store = Fixtures.open(directory, options)) {
            Fixtures.trim(store, 1, 20);
            store.compact();
            copy(directory, root.resolve("compacted"));
        }
        try (LocalStore store = Fixtures.open(root.resolve("compacted"), options)) {
            assertThat(Fixtures.positions(store, 1, Order.FORWARD)).hasSize(19);
        }
    }

    @Test
    void logThatWasNotThereIsRefused() throws IOException {
        Path directory = killed();
        Path log = only(directory.resolve("rocksdb"), "\\d+\\.log");
        Path stray = store().resolve("rocksdb/000999.log");
        Files.copy(log, stray);
        assertCorrupt(store(), stray, "was not there");
    }
}
