package cordwood.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cordwood.bench.BenchException;
import cordwood.bench.json.Json;
import cordwood.bench.json.JsonObject;
import cordwood.bench.run.RunControl;
import cordwood.bench.write.TestRuns;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResultFileTest {

    private static final Path PAGE = Path.of("../../docs/format/result-file.md");
    private static final Path SCHEMA = Path.of("../../docs/format/result-file.schema.json");

    @TempDir Path directory;

    @Test
    void pageAndSchemaNameTheSameKeys() throws Exception {
        Set<String> onPage = new TreeSet<>();
        for (String line : Files.readAllLines(PAGE)) {
            if (line.matches("\\| [a-z_.\\[\\]]+ \\|.*\\|.*\\|")) {
                onPage.add(line.split("\\|")[1].strip());
            }
        }
        JsonObject schema = Json.read(Files.readString(SCHEMA));
        Set<String> inSchema = new TreeSet<>();
        collect(schema, schema, "", inSchema);
        assertThat(onPage).isEqualTo(inSchema);
    }

    /** The paths of all leaves; a latency counts as one. */
    private static void collect(JsonObject root, JsonObject schema, String at, Set<String> into) {
        if (schema.has("$ref") && !schema.text("$ref").endsWith("/latency")) {
            String name = schema.text("$ref").substring("#/$defs/".length());
            collect(root, root.object("$defs").object(name), at, into);
        } else if (schema.has("items")) {
            collect(root, schema.object("items"), at + "[]", into);
        } else if (schema.has("properties")) {
            for (String name : schema.object("properties").names()) {
                String path = at.isEmpty() ? name : at + "." + name;
                collect(root, schema.object("properties").object(name), path, into);
            }
        } else {
            into.add(at);
        }
    }

    @Test
    void pageNamesEveryFigureOfGates() throws Exception {
        String text = Files.readString(PAGE).replaceAll("\\s+", " ");
        assertThat(text).contains(String.join(", ", Figure.keys()) + ".");
    }

    @Test
    void schemaFindsWhatIsWrong() throws Exception {
        JsonSchema schema = JsonSchema.read(SCHEMA);
        JsonObject run = TestRuns.run(TestRuns.config("noop", directory), new RunControl()).run();
        JsonObject result = result(run);
        assertThat(schema.violations(result)).isEmpty();
        run.object("latency_us").put("p99", "fast").put("count", -1);
        run.put("records", 1.5);
        assertThat(schema.violations(result.put("schema", 2).put("started_at", "yesterday")))
                .hasSize(5)
                .anyMatch(line -> line.startsWith("$.runs[0].latency_us.p99 is no number"))
                .anyMatch(line -> line.startsWith("$.runs[0].latency_us.count is under 0"))
                .anyMatch(line -> line.startsWith("$.runs[0].records is no integer"));
        assertThat(schema.violations(new JsonObject())).hasSize(8);
    }

    private static JsonObject result(JsonObject run) {
        return Json.read(
                        """
                        {"schema": 1, "tool": "cordwood", "version": "0.1.0", "command": "write-throughput",
                         "started_at": "2026-11-20T00:00:00.123Z", "comparison": {},
                         "environment": {"jdk": "", "jvm_flags": "", "cpu": "", "cores": 2, "kernel": "",
                           "filesystem": "", "mount": "", "load_average_start": 0.1, "load_average_end": null,
                           "git": "", "command_line": "", "seed": 1}}
                        """)
                .put("runs", List.of(run));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | does not begin",
                "{} | not a result",
                "{\"tool\": \"cordwood\"} | schema",
                "{\"tool\": \"cordwood\", \"schema\": 2} | schema 2, and only schema 1",
                "{\"tool\": \"cordwood\", \"schema\": 1} | 'runs'",
                "{\"tool\": \"cordwood\", \"schema\": 1, \"runs\": [{}]} | 'store'",
                "{\"tool\": \"cordwood\", | line 1",
            })
    void whatIsNoResultIsRefusedInOneLine(String text, String what) throws Exception {
        Path file = Files.writeString(directory.resolve("file.json"), text);
        assertThatThrownBy(() -> ResultFile.read(file))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(what)
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "interrupted | \"true\" | field 'interrupted' should be true or false",
                "failure | 3 | field 'failure' should be text",
                "environment | [] | field 'environment' should be an object",
                "runs.void | \"yes\" | field 'void' should be true or false",
                "runs.interrupted | 1 | field 'interrupted' should be true or false",
                "runs.failure | true | field 'failure' should be text",
                "runs.io | \"none\" | field 'io' should be an object",
                "runs.records_per_second | -1.5 | field 'records_per_second' is below 0",
                "runs.records_per_second | 1e999 | a number beyond all bounds",
                "runs.latency_us.p99 | \"fast\" | field 'latency_us.p99' should be a number",
                "runs.latency_us.p99 | -1 | field 'latency_us.p99' is below 0",
                "runs.io.floor_sync_us | -1 | field 'io.floor_sync_us' is below 0",
                "runs.cpu.user_seconds | -1 | field 'cpu.user_seconds' is below 0",
                "runs.durability | \"foo\" | field 'durability' is 'foo', and only NONE, BUFFERED, WRITTEN, DURABLE are known",
                "runs.config.durability | \"foo\" | field 'config.durability' is 'foo', and only BUFFERED, WRITTEN, DURABLE are known",
                "runs.config.key_style | \"foo\" | field 'config.key_style' is 'foo', and only",
            })
    void whatNoBenchWritesIsRefused(String path, String value, String what) throws Exception {
        JsonObject run = TestRuns.run(TestRuns.config("noop", directory), new RunControl()).run();
        JsonObject result = result(run);
        Path file = directory.resolve("file.json");
        ResultFile.write(file, result);
        ResultFile.read(file);
        String within = path.replaceFirst("^runs\\.", "");
        JsonObject changed = path.equals(within) ? result : run;
        int dot = within.lastIndexOf('.');
        (dot < 0 ? changed : changed.object(within.substring(0, dot)))
                .put(within.substring(dot + 1), "changed");
        Files.writeString(file, Json.write(result).replace("\"changed\"", value));
        assertThatThrownBy(() -> ResultFile.read(file))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(what)
                .hasMessageNotContaining("\n");
    }

    @Test
    void whatIsNoRegularFileIsRefused() {
        for (Path file : List.of(Path.of("/dev/zero"), directory)) {
            assumeTrue(Files.exists(file));
            assertThatThrownBy(() -> ResultFile.read(file))
                    .isInstanceOf(BenchException.class)
                    .hasMessageContaining("not a regular file");
        }
    }

    @Test
    void missingFilesAndBytesAreRefused() throws Exception {
        assertThatThrownBy(() -> ResultFile.read(directory.resolve("none")))
                .hasMessageContaining("no such file");
        Path bytes = Files.write(directory.resolve("bytes"), new byte[] {(byte) 0xff, 0});
        assertThatThrownBy(() -> ResultFile.read(bytes)).hasMessageContaining("not text");
    }

    @Test
    void olderResultIsReplaced() {
        Path file = directory.resolve("file.json");
        JsonObject result =
                result(new JsonObject().put("store", "x").put("config", new JsonObject()));
        ResultFile.write(file, result);
        ResultFile.requireWritable(file);
        ResultFile.write(file, result.put("version", "2"));
        assertThat(ResultFile.read(file).text("version")).isEqualTo("2");
        assertThat(directory.toFile().list()).containsExactly("file.json");
    }

    @Test
    void tablesShowEverySectionOfARun() {
        JsonObject run = TestRuns.run(TestRuns.config("noop", directory), new RunControl()).run();
        List<String> missing = new ArrayList<>();
        for (String section :
                List.of(
                        "Throughput",
                        "Latency of a batch, us",
                        "CPU",
                        "Memory",
                        "Engine, after a final flush",
                        "All engine figures")) {
            if (!RunTables.all(run).contains(section)) {
                missing.add(section);
            }
        }
        assertThat(missing).isEmpty();
        assertThat(RunTables.header(run))
                .isEqualTo(
                        "noop, buffered (durable asked), 2 loglets x 3 in flight (closed loop), 64 B x 10, entropy 1");
    }
}
