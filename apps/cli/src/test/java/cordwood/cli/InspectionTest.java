package cordwood.cli;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.bench.json.Json;
import cordwood.bench.json.JsonObject;
import cordwood.store.Durability;
import cordwood.store.Space;
import cordwood.store.StoreOptions;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands {@code verify} and {@code dump}: what they print, and how they exit. */
final class InspectionTest {

    private static final Space SPACE = new Space(3, "test");
    private static final Map<String, String> SMALL =
            Map.of("wal-segment-size", "64KiB", "memtable-size", "256KiB");

    @TempDir Path directory;
    private Path store;

    @BeforeEach
    void write() {
        store = directory.resolve("store");
        try (StreamStore open = open("lsm", store, SMALL)) {
            put(open, "the first record");
            put(open, "the second record");
        }
    }

    private static StreamStore open(String engine, Path where, Map<String, String> options) {
        return Engines.named(engine)
                .open(new StoreOptions(where, StoreOptions.MEMORY_BUDGET_BYTES_DEFAULT, options));
    }

    private static void put(StreamStore open, String text) {
        byte[] value = text.getBytes(StandardCharsets.UTF_8);
        try (WriteBatch batch = open.newBatch()) {
            batch.put(SPACE, 7, value.length, MemorySegment.ofArray(value));
            open.append(batch, Durability.DURABLE).await();
        }
    }

    private CommandLineRun run(String... args) {
        return CommandLineRun.of(directory, Map.of(), args);
    }

    private Path begunSegment() throws IOException {
        try (Stream<Path> files = Files.list(store)) {
            return files.filter(file -> file.toString().endsWith(".wal"))
                    .sorted()
                    .skip(1) // the first one made is kept for trims
                    .findFirst()
                    .orElseThrow();
        }
    }

    private void damage(Path file, int offset) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[offset] ^= 1;
        Files.write(file, bytes);
    }

    @Test
    void aSoundStoreExitsWithNothingOnStandardError() {
        CommandLineRun run = run("verify", store.toString());

        assertThat(run.err()).isEmpty();
        assertThat(run.exit()).isEqualTo(ExitCode.DONE);
        assertThat(run.out().lines().toList())
                .anyMatch(line -> line.startsWith("MANIFEST                sound       manifest: "))
                .anyMatch(line -> line.contains("log segment: 2 batches, 2 records, up to offset "))
                .anyMatch(line -> line.endsWith(", where it was closed"))
                .last()
                .asString()
                .startsWith("sound: ")
                .endsWith(" files, 2 records in tables and log");
    }

    @Test
    void aDamagedStoreExitsWithOneAndNamesFileAndOffset() throws Exception {
        Path segment = begunSegment();
        damage(segment, 4096 + 20);

        CommandLineRun run = run("verify", store.toString());

        assertThat(run.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err())
                .startsWith("cordwood: " + store + " is damaged: 1 findings in 1 of ")
                .hasLineCount(1);
        assertThat(run.out()).contains("    " + segment + " is damaged at offset 4096: expected ");
    }

    @Test
    void theResultIsWrittenAsJson() throws Exception {
        Path file = directory.resolve("result.json");
        damage(begunSegment(), 4096 + 20);

        CommandLineRun run = run("verify", store.toString(), "--json", file.toString());

        assertThat(run.exit()).isEqualTo(ExitCode.FAILED);
        JsonObject result = Json.read(Files.readString(file));
        assertThat(result.text("command")).isEqualTo("verify");
        assertThat(result.field("sound")).isEqualTo(false);
        assertThat((List<?>) result.field("files"))
                .anySatisfy(one -> {
                    JsonObject found = (JsonObject) one;
                    assertThat(found.text("state")).isEqualTo("damaged");
                    assertThat(found.text("file")).isEqualTo(begunSegment().toString());
                });
    }

    @Test
    void dumpShowsAStoreAndAFile() throws Exception {
        CommandLineRun all = run("dump", store.toString());
        CommandLineRun one = run("dump", "--records", begunSegment().toString());
        CommandLineRun cut = run("dump", "--limit", "1", store.toString());

        assertThat(all.exit() + one.exit() + cut.exit()).isEqualTo(ExitCode.DONE);
        assertThat(all.err() + one.err() + cut.err()).isEmpty();
        assertThat(all.out()).contains("MANIFEST: manifest, ", "  @4096 frame magic=CWFR ");
        assertThat(one.out())
                .contains("space=3 stream=7 position=16 bytes=16 74686520666972737420");
        assertThat(cut.out()).contains("  … more").doesNotContain("  @4096 frame magic=CWFR ");
    }

    @Test
    void dumpOfADamagedFileShowsWhatIsBeforeAndExitsWithOne() throws Exception {
        Path manifest = store.resolve("MANIFEST");
        damage(manifest, 4096 + 3);

        CommandLineRun run = run("dump", manifest.toString());

        assertThat(run.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err())
                .startsWith("cordwood: " + manifest + " is damaged at offset 4096: expected ")
                .hasLineCount(1);
        assertThat(run.out()).contains("  @0 header magic=CORD kind=3 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"verify", "dump"})
    void whatIsNoStoreIsRefusedInOneLine(String command) throws Exception {
        Path rocks = directory.resolve("rocks");
        try (StreamStore open = open("rocksdb", rocks, Map.of())) {
            put(open, "elsewhere");
        }
        Path empty = Files.createDirectory(directory.resolve("empty"));
        Path text =
                Files.writeString(
                        directory.resolve("text"), "neither a store nor a file of one, but long");

        for (Path none : List.of(rocks, empty, text, directory.resolve("missing"))) {
            CommandLineRun run = run(command, none.toString());
            assertThat(run.exit()).as(none.toString()).isEqualTo(ExitCode.USAGE);
            assertThat(run.err())
                    .startsWith("cordwood: ")
                    .contains(none.toString())
                    .hasLineCount(1);
            assertThat(run.out()).isEmpty();
        }
        CommandLineRun nothing = run(command);
        assertThat(nothing.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(nothing.err()).hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"verify", "dump"})
    void anOpenStoreIsRefusedInOneLine(String command) {
        try (StreamStore open = open("lsm", store, SMALL)) {
            CommandLineRun run = run(command, store.toString());

            assertThat(run.exit()).isEqualTo(ExitCode.USAGE);
            assertThat(run.err()).contains(store + " is open already").hasLineCount(1);
            put(open, "still open");
        }
    }

    @Test
    void aStoreWithoutItsManifestIsDamaged() throws Exception {
        Files.delete(store.resolve("MANIFEST"));

        CommandLineRun run = run("verify", store.toString());

        assertThat(run.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).contains("no manifest").hasLineCount(1);
    }
}
