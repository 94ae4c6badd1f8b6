package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import cordwood.files.Disk;
import cordwood.store.LocalStore;
import cordwood.store.Order;
import cordwood.store.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

class StoreDirectoryTest {

    @TempDir private Path root;

    /** Every file with its size and time of change, to prove that nothing was touched. */
    private static Map<Path, String> snapshot(Path directory) throws IOException {
        Map<Path, String> files = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(directory)) {
            for (Path path : walk.toList()) {
                files.put(path, Files.size(path) + " " + Files.getLastModifiedTime(path));
            }
        }
        return files;
    }

    private void assertRefusedUntouched(Path directory, String message, String... options)
            throws IOException {
        Map<Path, String> before = snapshot(root);
        assertThatExceptionOfType(StoreException.Invalid.class)
                .isThrownBy(() -> Fixtures.open(directory, options).close())
                .withMessageContaining(message);
        assertThat(snapshot(root)).isEqualTo(before);
    }

    @Test
    void foreignDatabaseIsRefusedUntouched() throws Exception {
        Path foreign = Files.createDirectory(root.resolve("foreign"));
        RocksDB.loadLibrary();
        try (Options options = new Options().setCreateIfMissing(true);
                RocksDB database = RocksDB.open(options, foreign.toString())) {
            database.put(new byte[] {1}, new byte[] {2});
        }
        assertRefusedUntouched(foreign, "is no rocksdb store");
    }

    @Test
    void foreignDatabaseOneLevelBelowIsRefusedUntouched() throws Exception {
        Path foreign = Files.createDirectories(root.resolve("foreign/rocksdb"));
        Files.writeString(foreign.resolve("CURRENT"), "MANIFEST-000001\n");
        assertRefusedUntouched(root.resolve("foreign"), "is no rocksdb store");
    }

    @Test
    void storeOfAnotherFormatIsRefusedUntouched() throws Exception {
        Path newer = root.resolve("newer");
        Fixtures.open(newer).close();
        String text = Files.readString(newer.resolve("STORE"));
        Files.writeString(newer.resolve("STORE"), text.replace("format 1", "format 2"));
        assertRefusedUntouched(newer, "format 2");
        Files.writeString(newer.resolve("STORE"), "");
        assertRefusedUntouched(newer, "nothing");
    }

    @Test
    void fileInPlaceOfTheDirectoryIsRefused() throws Exception {
        Path file = Files.writeString(root.resolve("file"), "text");
        assertRefusedUntouched(file, file.toString());
        assertRefusedUntouched(file.resolve("below"), file.toString());
    }

    @Test
    void missingStoreIsNotCreatedReadOnly() throws Exception {
        assertRefusedUntouched(root.resolve("missing"), "no store", "read-only", "true");
    }

    @Test
    void secondOpenerIsToldTheOwner() {
        Path directory = root.resolve("store");
        try (LocalStore first = Fixtures.open(directory)) {
            assertThatExceptionOfType(StoreException.Busy.class)
                    .isThrownBy(() -> Fixtures.open(directory).close())
                    .withMessageContaining("rocksdb store, process")
                    .withMessageContaining(String.valueOf(ProcessHandle.current().pid()));
            Fixtures.put(first, 1, 0, 1, 1);
        }
        Fixtures.open(directory).close();
    }

    @Test
    void logOfAnotherStoreIsRefusedUntouched() throws Exception {
        Path log = root.resolve("log");
        Path first = root.resolve("first");
        Fixtures.open(first, "wal-dir", log.toString()).close();
        assertRefusedUntouched(root.resolve("second"), "must be empty", "wal-dir", log.toString());
        assertRefusedUntouched(first, "was created with wal-dir " + log);
        assertRefusedUntouched(
                first, "was created with wal-dir " + log, "wal-dir", root + "/other");
        Fixtures.open(first, "wal-dir", log.toString()).close();
    }

    @Test
    void lostDatabaseIsNotBegunAnew() throws Exception {
        Path directory = root.resolve("store");
        try (LocalStore store = Fixtures.open(directory)) {
            Fixtures.put(store, 1, 0, 1, 1);
        }
        try (Stream<Path> files = Files.list(directory.resolve("rocksdb"))) {
            files.forEach(StoreDirectoryTest::delete);
        }
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> Fixtures.open(directory).close())
                .withMessageContaining("CURRENT");
    }

    @Test
    void interruptedCreationIsFinished() throws Exception {
        Path directory = root.resolve("store");
        Fixtures.open(directory).close();
        String text = Files.readString(directory.resolve("STORE"));
        for (boolean databaseBegun : List.of(true, false)) {
            Files.writeString(directory.resolve("STORE"), text.replace("ready", "creating"));
            Files.writeString(directory.resolve("STORE.new"), "half a");
            if (!databaseBegun) {
                try (Stream<Path> files = Files.list(directory.resolve("rocksdb"))) {
                    files.forEach(StoreDirectoryTest::delete);
                }
            }
            try (LocalStore store = Fixtures.open(directory)) {
                Fixtures.put(store, 1, 0, 1, 1);
                assertThat(Fixtures.positions(store, 1, Order.FORWARD)).hasSize(1);
            }
            assertThat(directory.resolve("STORE")).hasContent(text);
        }
    }

    @Test
    void damagedTableListIsCorruption() throws Exception {
        Path directory = root.resolve("store");
        Fixtures.open(directory).close();
        List<Path> manifests = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory.resolve("rocksdb"))) {
            files.filter(f -> f.getFileName().toString().startsWith("MANIFEST"))
                    .forEach(manifests::add);
        }
        byte[] bytes = Files.readAllBytes(manifests.getFirst());
        bytes[12] ^= 1;
        Files.write(manifests.getFirst(), bytes);
        assertThatExceptionOfType(StoreException.Corrupt.class)
                .isThrownBy(() -> Fixtures.open(directory).close());
        bytes[12] ^= 1;
        Files.write(manifests.getFirst(), bytes);
        Fixtures.open(directory).close();
    }

    @Test
    void failedCopyLeavesNothing() {
        Path target = root.resolve("copy");
        try (StoreDirectory store =
                StoreDirectory.claim(Disk.real(), root.resolve("store"), null, false)) {
            assertThatIllegalStateException()
                    .isThrownBy(() ->
                            store.copyTo(
                                    target,
                                    database -> {
                                        Disk.real().createDirectories(database);
                                        Disk.real().create(database.resolve("x")).close();
                                        throw new IllegalStateException("no copy today");
                                    }));
        }
        assertThat(target).doesNotExist();
    }

    private static void delete(Path path) {
        try {
            Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
