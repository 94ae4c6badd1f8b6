package cordwood.cli;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.bench.json.Json;
import cordwood.bench.json.JsonObject;
import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.LocalStore;
import cordwood.store.Order;
import cordwood.store.Space;
import cordwood.store.StoreOptions;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that make stores of stores, and those that give space back. */
final class StoreCommandsTest {

    private static final Space SPACE = new Space(3, "test");
    private static final int RECORDS = 500;
    private static final Map<String, String> SMALL =
            Map.of("wal-segment-size", "256KiB", "memtable-size", "256KiB");
    private static final Map<String, String> ENVIRONMENT =
            Map.of(
                    "CORDWOOD_MEMORY_BUDGET", "32MiB",
                    "CORDWOOD_LSM_WAL_SEGMENT_SIZE", "256KiB",
                    "CORDWOOD_LSM_MEMTABLE_SIZE", "256KiB");

    @TempDir Path directory;

    private Path written(String engine) {
        Path store = directory.resolve("store");
        try (StreamStore open = open(engine, store)) {
            for (long stream = 1; stream <= 2; stream++) {
                put(open, stream, 0);
                put(open, stream, RECORDS);
                ((LocalStore) open).flush();
            }
        }
        return store;
    }

    private static StreamStore open(String engine, Path where) {
        Map<String, String> own = engine.equals("lsm") ? SMALL : Map.of();
        StoreOptions small = new StoreOptions(where, StoreOptions.MEMORY_BUDGET_BYTES_MIN, own);
        return Engines.named(engine).open(small);
    }

    private static void put(StreamStore open, long stream, long first) {
        byte[] value = new byte[200];
        try (WriteBatch batch = open.newBatch()) {
            for (long position = first; position < first + RECORDS; position++) {
                new SplittableRandom(position).nextBytes(value);
                batch.put(SPACE, stream, position, MemorySegment.ofArray(value));
            }
            open.append(batch, Durability.DURABLE).await();
        }
    }

    private static List<Long> positions(String engine, Path where, long stream) {
        List<Long> positions = new ArrayList<>();
        try (StreamStore open = open(engine, where);
                Cursor cursor =
                        open.read(SPACE, stream, Long.MIN_VALUE, Long.MAX_VALUE, Order.FORWARD)) {
            while (cursor.next()) {
                positions.add(cursor.position());
            }
        }
        return positions;
    }

    private CommandLineRun run(Object... args) {
        return CommandLineRun.of(
                directory,
                ENVIRONMENT,
                Stream.of(args).map(Object::toString).toArray(String[]::new));
    }

    private JsonObject done(Object... args) throws IOException {
        Path file = directory.resolve("result.json");
        List<Object> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--json", file));
        CommandLineRun run = run(all.toArray());
        assertThat(run.err()).isEmpty();
        assertThat(run.exit()).isEqualTo(ExitCode.DONE);
        assertThat(run.out()).isNotEmpty();
        JsonObject result = Json.read(Files.readString(file));
        assertThat(result.text("command")).isEqualTo(args[0]);
        return result;
    }

    private static void assertRefused(CommandLineRun run, Object... words) {
        assertThat(run.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).startsWith("cordwood: ").hasLineCount(1);
        for (Object word : words) {
            assertThat(run.err()).contains(word.toString());
        }
        assertThat(run.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"lsm", "rocksdb"})
    void aSnapshotIsAStoreByItselfAndSharesWhatItCan(String engine) throws Exception {
        Path store = written(engine);
        Path target = directory.resolve("snapshot");

        JsonObject result = done("snapshot", "--dir", store, target);

        assertThat(result.text("engine")).isEqualTo(engine);
        assertThat((Long) result.field("shared_bytes")).isPositive();
        assertThat((Long) result.field("bytes")).isGreaterThan((Long) result.field("shared_bytes"));
        assertThat(positions(engine, target, 1)).hasSize(2 * RECORDS);
        assertThat(positions(engine, store, 2)).hasSize(2 * RECORDS);
        assertRefused(run("snapshot", "--dir", store, target), target, "exists already");
        assertRefused(run("snapshot", "--dir", store, store.resolve("in")), "own directory");
    }

    @Test
    void aSnapshotIsRestoredIntoAStoreOfItsOwn() throws Exception {
        Path store = written("lsm");
        Path snapshot = directory.resolve("snapshot");
        Path target = directory.resolve("restored");
        done("snapshot", "--dir", store, snapshot);

        JsonObject result = done("restore", snapshot, target);

        assertThat(result.field("restored")).isEqualTo(true);
        assertThat((Long) result.field("copied_bytes")).isPositive();
        assertThat(positions("lsm", target, 1)).hasSize(2 * RECORDS);
        assertRefused(run("restore", snapshot, target), target, "exists already");
        assertRefused(run("restore", directory.resolve("none"), target.resolve("x")), "none");
    }

    @Test
    void aDamagedSnapshotIsNotRestoredAndWhatIsSoundIsSalvaged() throws Exception {
        Path store = written("lsm");
        Path table = tables(store).getFirst();
        byte[] bytes = Files.readAllBytes(table);
        bytes[200] ^= 1;
        Files.write(table, bytes);
        Path target = directory.resolve("target");

        CommandLineRun restore = run("restore", store, target);
        CommandLineRun salvage = run("verify", store, "--salvage", target);

        assertThat(restore.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(restore.err())
                .startsWith("cordwood: " + store + " is damaged, so nothing was restored")
                .hasLineCount(1);
        assertThat(restore.out()).contains(table + " is damaged at offset 64: ");
        assertThat(salvage.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(salvage.err())
                .startsWith("cordwood: " + store + " is damaged: what is listed as missing ")
                .hasLineCount(1);
        assertThat(salvage.out())
                .contains("    missing: what was between the start and space 3 stream 1 position ")
                .contains(" (offsets 64 to ");
        assertThat(positions("lsm", target, 1)).hasSizeBetween(1, 2 * RECORDS - 1);
        assertThat(positions("lsm", target, 2)).hasSize(2 * RECORDS);
        assertRefused(run("verify", store, "--salvage", target), target, "exists already");
    }

    private static List<Path> tables(Path store) throws IOException {
        try (Stream<Path> files = Files.list(store)) {
            return files.filter(file -> file.toString().endsWith(".table")).sorted().toList();
        }
    }

    @Test
    void aSalvageOfASoundStoreSavesEverything() throws Exception {
        Path store = written("lsm");
        Path target = directory.resolve("target");

        Path file = directory.resolve("result.json");
        CommandLineRun run = run("verify", store, "--salvage", target, "--json", file);

        assertThat(run.err()).isEmpty();
        assertThat(run.exit()).isEqualTo(ExitCode.DONE);
        JsonObject result = Json.read(Files.readString(file));
        assertThat(result.text("command")).isEqualTo("salvage");
        assertThat(result.field("whole")).isEqualTo(true);
        assertThat(result.field("saved_records")).isEqualTo(4L * RECORDS);
        assertThat(positions("lsm", target, 2)).hasSize(2 * RECORDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"lsm", "rocksdb"})
    void aTrimTellsWhatWasRequestedWhatHoldsAndWhatItFreed(String engine) throws Exception {
        Path store = written(engine);
        Object[] trim = {"trim", "--dir", store, "--space", 3, "--stream", "1,2", "--up-to", 899};

        JsonObject result = done(trim);

        assertThat((Long) result.field("freed_bytes")).isGreaterThan(100_000);
        assertThat(result.field("requested")).isEqualTo(899L);
        assertThat((List<?>) result.field("streams"))
                .hasSize(2)
                .allSatisfy(stream ->
                        assertThat(((JsonObject) stream).field("effective")).isEqualTo(899L));
        assertThat(positions(engine, store, 2)).hasSize(100).first().isEqualTo(900L);

        CommandLineRun less = run("trim", "--dir", store, "--space=3", "--stream=1", "--up-to=-5");
        assertThat(less.exit()).isEqualTo(ExitCode.DONE);
        assertThat(less.out())
                .contains("stream 1 of space 3: requested -5, effective 899, left are 900 to 999");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lsm", "rocksdb"})
    void aCompactionTellsWhatItMadeOfTheTables(String engine) throws Exception {
        Path store = written(engine);

        JsonObject result = done("compact", "--dir", store);

        assertThat((Long) result.field("tables")).isPositive();
        assertThat((Long) result.field("tables_before"))
                .isGreaterThanOrEqualTo((Long) result.field("tables"));
        assertThat(positions(engine, store, 1)).hasSize(2 * RECORDS);
    }

    @Test
    void aResultFileThatCannotBeWrittenIsRefusedBeforeAnythingIsDone() throws Exception {
        Path store = written("lsm");
        Path target = directory.resolve("target");
        Object[][] commands = {
            {"restore", store, target},
            {"verify", store},
            {"verify", store, "--salvage", target},
            {"snapshot", "--dir", store, target},
            {"compact", "--dir", store},
            {"trim", "--dir", store, "--space=3", "--stream=1", "--up-to=899"},
        };
        Path manifest = store.resolve("MANIFEST");
        byte[] before = Files.readAllBytes(manifest);
        for (Object[] command : commands) {
            for (Path file : List.of(manifest, directory.resolve("none/result.json"), store)) {
                List<Object> args = new ArrayList<>(List.of(command));
                args.addAll(List.of("--json", file));
                assertRefused(run(args.toArray()), file);
            }
        }
        assertThat(Files.readAllBytes(manifest)).isEqualTo(before);
        assertThat(target).doesNotExist();
        assertThat(positions("lsm", store, 1)).hasSize(2 * RECORDS);
    }

    @Test
    void aLinkThatLeadsNowhereIsNoTarget() throws Exception {
        Path store = written("lsm");
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("nowhere"));

        assertRefused(run("restore", store, link), link, "exists already");
        assertRefused(run("verify", store, "--salvage", link), link, "exists already");
        assertThat(Files.isSymbolicLink(link)).isTrue();
    }

    @Test
    void whatIsOfRocksdbIsRestoredByASnapshot() {
        Path store = written("rocksdb");

        assertRefused(run("restore", store, directory.resolve("x")), "'cordwood snapshot --dir ");
    }

    @Test
    void aTrimOfNoStreamIsRefused() {
        Path store = written("lsm");

        for (String none : List.of(",", "", "x")) {
            String streams = "--stream=" + none;
            assertRefused(
                    run("trim", "--dir", store, "--space=3", streams, "--up-to=1"), "--stream: ");
        }
    }

    @Test
    void noStoreIsMadeWhereThereIsNone() throws Exception {
        Path empty = Files.createDirectory(directory.resolve("empty"));
        Path missing = directory.resolve("missing");
        Path lsm = written("lsm");

        for (String command : List.of("compact", "snapshot", "trim")) {
            List<Object> args = new ArrayList<>(List.of(command));
            switch (command) {
                case "snapshot" -> args.add(directory.resolve("target"));
                case "trim" -> args.addAll(List.of("--space=1", "--stream=1", "--up-to=1"));
                default -> {}
            }
            assertRefused(run(args.toArray()), "--dir");
            args.addAll(List.of("--dir", empty));
            assertRefused(run(args.toArray()), empty, "holds no store of lsm");
            args.set(args.size() - 1, missing);
            assertRefused(run(args.toArray()), missing, "is no directory");
            args.set(args.size() - 1, lsm);
            args.add("--store=rocksdb");
            assertRefused(run(args.toArray()), lsm, "holds no store of rocksdb");
        }
        assertThat(empty).isEmptyDirectory();
        assertThat(missing).doesNotExist();
        assertThat(directory.resolve("target")).doesNotExist();
    }

    @Test
    void anOpenStoreIsRefused() {
        Path store = written("lsm");
        try (StreamStore _ = open("lsm", store)) {
            assertRefused(run("compact", "--dir", store), store, "is open already");
            assertRefused(run("restore", store, directory.resolve("x")), "is open already");
            assertRefused(
                    run("verify", store, "--salvage", directory.resolve("x")), "is open already");
        }
        assertThat(directory.resolve("x")).doesNotExist();
    }

    @Test
    void whatIsInterruptedEndsWithNothingHalfMade() {
        Path store = written("lsm");
        Path target = directory.resolve("target");
        Object[][] commands = {
            {"restore", store, target},
            {"verify", store, "--salvage", target},
            {"snapshot", "--dir", store, target},
        };
        for (Object[] command : commands) {
            StringWriter out = new StringWriter();
            StringWriter err = new StringWriter();
            Interruption interruption = new Interruption();
            interruption.request();
            Main main =
                    new Main(
                            ENVIRONMENT,
                            directory,
                            new PrintWriter(out, true),
                            new PrintWriter(err, true),
                            interruption);
            int exit = main.run(Stream.of(command).map(Object::toString).toArray(String[]::new));

            assertThat(exit).isEqualTo(ExitCode.INTERRUPTED);
            assertThat(err.toString()).isEmpty();
            assertThat(out.toString()).isNotEmpty();
            if (Files.exists(target)) { // the snapshot was faster
                assertThat(command[0]).isEqualTo("snapshot");
                assertThat(positions("lsm", target, 1)).hasSize(2 * RECORDS);
            }
            assertThat(directory.resolve("target.partial")).doesNotExist();
        }
    }
}
