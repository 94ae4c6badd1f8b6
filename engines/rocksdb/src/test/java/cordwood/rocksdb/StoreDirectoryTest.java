package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cordwood.files.Disk;
import cordwood.store.AllocatorChoice;
import cordwood.store.LocalStore;
import cordwood.store.Order;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
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
        SealedText.write(
                Disk.real(),
                newer.resolve("STORE"),
                List.of("cordwood rocksdb store, format 3", "and what that says"));
        assertRefusedUntouched(newer, "format 3");
    }

    @Test
    void descriptionWithAnyBitFlippedIsCorruption() throws Exception {
        Path directory = root.resolve("store");
        Fixtures.open(directory).close();
        Path file = directory.resolve("STORE");
        byte[] sound = Files.readAllBytes(file);
        for (int bit = 0; bit < 8 * sound.length; bit += 23) {
            byte[] damaged = sound.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            Files.write(file, damaged);
            assertThatExceptionOfType(StoreException.Corrupt.class)
                    .isThrownBy(() -> Fixtures.open(directory).close())
                    .satisfies(e -> assertThat(e.file()).isEqualTo(file));
        }
        Files.write(file, new byte[0]);
        assertThatExceptionOfType(StoreException.Corrupt.class)
                .isThrownBy(() -> Fixtures.open(directory).close());
        Files.delete(file);
        assertThatExceptionOfType(StoreException.Corrupt.class)
                .isThrownBy(() -> Fixtures.open(directory).close());
        Files.write(file, sound);
        Fixtures.open(directory).close();
    }

    @Test
    void storeOfTheFirstFormatIsOpenedAndThenIsOfThisOne() throws Exception {
        for (String log : List.of("", root.resolve("log").toString())) {
            Path directory = root.resolve("old" + log.length());
            String[] options = log.isEmpty() ? new String[0] : new String[] {"wal-dir", log};
            try (LocalStore store = Fixtures.open(directory, options)) {
                Fixtures.put(store, 1, 0, 1, 1);
            }
            Files.writeString(
                    directory.resolve("STORE"),
                    "cordwood rocksdb store, format 1\nready\nwal-dir "
                            + (log.isEmpty() ? "beside the tables" : log)
                            + "\n");
            Files.delete(directory.resolve("LOGS"));
            if (!log.isEmpty()) {
                Files.delete(Path.of(log).resolve("CORDWOOD-WAL"));
            }
            for (int i = 0; i < 2; i++) {
                try (LocalStore store = Fixtures.open(directory, options)) {
                    assertThat(Fixtures.positions(store, 1, Order.FORWARD)).hasSize(1);
                }
                assertThat(directory.resolve("STORE")).content().contains("format 2");
                assertThat(directory.resolve("LOGS")).content().contains("closed");
            }
        }
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
        for (boolean databaseBegun : List.of(true, false)) {
            StoreDescription.ofNew(StoreDescription.BESIDE).write(Disk.real(), directory);
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
            assertThat(StoreDescription.read(Disk.real(), directory).ready()).isTrue();
        }
    }

    @Test
    void interruptedCreationWithAnotherLogDirectoryIsBegunAnewWithAny() throws Exception {
        Path directory = root.resolve("store");
        Path log = root.resolve("log");
        Fixtures.open(directory, "wal-dir", log.toString()).close();
        StoreDescription made = StoreDescription.read(Disk.real(), directory);
        new StoreDescription(made.format(), false, made.identity(), made.wal())
                .write(Disk.real(), directory);
        Fixtures.open(directory).close();
        assertThat(log).isEmptyDirectory();
        Fixtures.open(directory).close();
    }

    @Test
    void interruptedCreationDeletesNothingOfOthers() throws Exception {
        Path directory = root.resolve("store");
        Fixtures.open(directory).close();
        StoreDescription.ofNew(StoreDescription.BESIDE).write(Disk.real(), directory);
        for (String name : List.of("letter.txt", "rocksdb/letter.txt")) {
            Path foreign = Files.writeString(directory.resolve(name), "dear");
            assertThatExceptionOfType(StoreException.Invalid.class)
                    .isThrownBy(() -> Fixtures.open(directory).close())
                    .withMessageContaining("letter.txt is not of its making");
            assertThat(foreign).hasContent("dear");
            assertThat(directory.resolve("rocksdb/CURRENT")).exists();
            Files.delete(foreign);
        }
        Fixtures.open(directory).close();
    }

    @Test
    void creationOnAFullDiskIsBegunAnewOnceThereIsRoom() throws Exception {
        try (SmallDisk small = SmallDisk.mount(root.resolve("small"), "1m")) {
            for (int pages = 0; pages < 6; pages++) {
                Path directory = Files.createDirectory(small.path().resolve("store" + pages));
                small.fillButFor(4096L * pages);
                assertThatExceptionOfType(StoreException.Full.class)
                        .isThrownBy(() -> Fixtures.open(directory).close());
                small.giveRoom();
                Fixtures.open(directory).close();
                deleteAll(directory);
            }
        }
    }

    @Test
    void anInterruptReachesNeitherOpeningNorClosingNorACheckpoint() {
        for (int i = 0; i < 3; i++) {
            Thread.currentThread().interrupt();
            LocalStore store = Fixtures.open(root.resolve("store"));
            store.checkpoint(root.resolve("copy" + i));
            store.close();
            assertThat(Thread.interrupted()).isTrue();
            Fixtures.open(root.resolve("copy" + i)).close();
        }
    }

    @Test
    void openingThatFailsLateLeavesNothingOpen() {
        Path path = root.resolve("store");
        RocksOptions options = RocksOptions.of(Fixtures.options(path));
        for (int i = 0; i < 2; i++) {
            assertThatIllegalStateException()
                    .isThrownBy(() ->
                            new Opening(path, options)
                                    .open((directory, database) -> {
                                        throw new IllegalStateException("not today");
                                    }));
        }
        Fixtures.open(path).close();
    }

    @Test
    void unknownAllocatorIsRefusedBeforeAnythingIsMade() {
        Path directory = root.resolve("store");
        StoreOptions options =
                new StoreOptions(
                        directory,
                        Fixtures.BUDGET_BYTES,
                        Map.of(),
                        new AllocatorChoice("nonsense", 1, Map.of()));
        assertThatExceptionOfType(StoreException.Invalid.class)
                .isThrownBy(() -> new RocksProvider().open(options).close());
        assertThat(directory).doesNotExist();
    }

    @Test
    void namesThatRocksdbWouldReadOtherwiseAreRefused() {
        assumeTrue(
                "UTF-8".equals(System.getProperty("sun.jnu.encoding")),
                "needs a locale that can write any name");
        String smile = "\ud83d\ude00";
        String log = root.resolve("log" + smile).toString();
        for (String[] options : new String[][] {{}, {"wal-dir", log}}) {
            Path directory = root.resolve(options.length == 0 ? "a" + smile : "b");
            assertThatExceptionOfType(StoreException.Invalid.class)
                    .isThrownBy(() -> Fixtures.open(directory, options).close())
                    .withMessageContaining("U+1F600");
        }
        try (LocalStore store = Fixtures.open(root.resolve("store"))) {
            assertThatExceptionOfType(StoreException.Invalid.class)
                    .isThrownBy(() -> store.checkpoint(root.resolve("copy" + smile)))
                    .withMessageContaining("U+1F600");
        }
        assertThat(root.toFile().list()).containsExactly("store");
    }

    @Test
    void readOnlyMountIsOpenedToRead() throws Exception {
        try (SmallDisk small = SmallDisk.mount(root.resolve("small"), "64m")) {
            Path directory = small.path().resolve("store");
            try (LocalStore store = Fixtures.open(directory)) {
                Fixtures.put(store, 1, 0, 3, 10);
            }
            small.remount("ro");
            try (LocalStore store = Fixtures.open(directory, "read-only", "true")) {
                assertThat(Fixtures.positions(store, 1, Order.FORWARD)).hasSize(3);
            }
            assertThatExceptionOfType(StoreException.Invalid.class)
                    .isThrownBy(() -> Fixtures.open(directory).close());
        }
    }

    @Test
    void checkpointOnAFullDiskIsFullAndLeavesNothing() throws Exception {
        try (SmallDisk small = SmallDisk.mount(root.resolve("small"), "2m");
                LocalStore store = Fixtures.open(root.resolve("store"))) {
            Fixtures.put(store, 1, 0, 40, 100_000);
            Path target = small.path().resolve("deep/copy");
            assertThatExceptionOfType(StoreException.Full.class)
                    .isThrownBy(() -> store.checkpoint(target));
            assertThat(small.path()).isEmptyDirectory();
            Fixtures.put(store, 1, 40, 1, 1);
            assertThatExceptionOfType(StoreException.Invalid.class)
                    .isThrownBy(() -> store.checkpoint(small.path()))
                    .withMessageContaining("exists already");
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

    private static void deleteAll(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(StoreDirectoryTest::delete);
        }
    }

    private static void delete(Path path) {
        try {
            Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
