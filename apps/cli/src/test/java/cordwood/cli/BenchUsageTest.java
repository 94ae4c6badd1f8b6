package cordwood.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bad input to the bench is one line saying what and where, exit 2, and nothing touched. */
final class BenchUsageTest {

    @TempDir Path directory;

    @BeforeEach
    void putSomethingThere() throws IOException {
        Files.writeString(file("notes"), "mine");
        Files.createFile(file("empty"));
        Files.writeString(file("other.json"), "{\"mine\": 1}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "--num-record 5 | unknown option '--num-record': did you mean '--num-records'?",
                "--num-records 0 | --num-records: '0' is under 1",
                "--num-records many | --num-records: 'many' is not a whole number",
                "--num-records 5 --duration 5s | give --num-records or --duration, not both",
                "--duration soon | --duration: 'soon' is not a duration",
                "--records-per-batch 0 | --records-per-batch: '0' is under 1",
                "--num-loglets 0 | --num-loglets: '0' is under 1",
                "--num-loglets 5000 | 5000 loglets is outside 1 to 1024",
                "--num-streams 0 | --num-streams: '0' is under 1",
                "--num-streams 20000000 | 20000000 streams is outside 1 to 10000000",
                "--num-streams 5 --num-loglets 2 | give --num-loglets or --num-streams, not both",
                "--skew 1 | --skew: it is of streams: give --num-streams, too",
                "--num-streams 5 --skew 9 | a skew of 9.0 is outside 0 to 5",
                "--num-streams 5 --skew NaN | a skew of NaN is outside 0 to 5",
                "--rate 0 | --rate: '0' is under 1",
                "--trim-lag 0 | --trim-lag: '0' is under 1",
                "--store rocksdb --bare --num-streams 5 | a bare loop writes one stream",
                "--store rocksdb --bare --trim-lag 5 | a bare loop writes one stream, and trims nothing",
                "--in-flight 0 | --in-flight: '0' is under 1",
                "--in-flight 100000 | 100000 stores in flight is outside 1 to 65536",
                "--repeat 0 | --repeat: '0' is under 1",
                "--repeat 2000 | 2000 repeats is outside 1 to 1000",
                "--payload-size 1.5.5 | --payload-size: '1.5.5' is not a size",
                "--payload-size 33MiB | --payload-size: 34603008 bytes is over the limit",
                "--payload-size 1MiB --records-per-batch 100 | in one batch",
                "--entropy much | --entropy: 'much' is not a number",
                "--entropy 1.01 | --entropy: '1.01' is outside 0..1",
                "--entropy -0.1 | --entropy: '-0.1' is outside 0..1",
                "--entropy NaN | --entropy: 'NaN' is outside 0..1",
                "--key-style triple | --key-style: 'triple' is not a key style",
                "--seed x | --seed: 'x' is not a seed",
                "--seed 99999999999999999999 | is not a seed",
                "--store model,nosuch | no store named 'nosuch'",
                "--store model,model | a store is named twice",
                "--store noop --bare | --bare: no store chosen has a bare loop",
                "--memory-budget 1KiB | memory budget of",
                "--payload-file @/notes | @/notes, offset 4: the file ends inside its header",
                "--payload-file @/nosuch | no such file",
                "--input @/empty | input file @/empty: it is empty",
                "--input @/nosuch | no such file",
                "--input @/notes --payload-file @/notes | give --payload-file or --input, not both",
                "--json @/other.json | result file @/other.json: something else is there already",
                "--json @/no/such.json | its directory does not exist",
                "--report-interval 1ms | a report interval under 100 ms",
                "--dir @/notes | @/notes is not a directory",
            })
    void wrongRunsAreRefused(String args, String complaint) {
        assertRefused("write-throughput", args, complaint);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | --dir: say where write-throughput --dir left its store",
                "--dir @/none | @/none is not a directory",
                "--dir @ --workload walk | --workload: 'walk' is not a workload",
                "--dir @ --order up | --order: 'up' is not an order: write forward or backward",
                "--dir @ --range 0 | --range: '0' is under 1",
                "--dir @ --range 2000000000 | a range of 2000000000 records is outside 1 to",
                "--dir @ --readers 300 | 300 readers is outside 1 to 256",
                "--dir @ --workload scan --range 5 | --range: it is of narrow reads: scan has none",
                "--dir @ --num-records 5 | a scan reads every record once",
                "--dir @ --range 5 --num-records 5 --duration 5s | give --num-records or --duration",
                "--dir @ --workload follow --order backward | a writer is followed forward",
                "--dir @ --workload follow --in-flight 100000 | 100000 batches in flight is outside",
                "--dir @ --store lsm,rocksdb | @ holds no store of lsm: neither lsm nor cordwood-bench-lsm-",
                "--dir @ --rage 5 | unknown option '--rage': did you mean '--range'?",
            })
    void wrongReadsAreRefused(String args, String complaint) {
        assertRefused("read-throughput", args, complaint);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "--target ingest | --target: 'ingest' is not a target: write allocator",
                "--size 16 | unknown option '--size': did you mean '--sizes'?",
                "--sizes 4-16 | --sizes 4-16: a range lies within 8-1048576",
                "--sizes 256-16 | --sizes 256-16: a range lies within",
                "--sizes @/nosuch | neither a range such as 16-256 nor a file",
                "--sizes @/notes | --sizes @/notes, line 1: 'mine' is not a size",
                "--sizes @/empty | --sizes @/empty: 0 sizes",
                "--lifetime 0 | --lifetime: '0' is under 1",
                "--lifetime 100000000 | a lifetime of 100000000 allocations is outside 1 to 16777216",
                "--remote-share 1.5 | --remote-share: '1.5' is outside 0..1",
                "--remote-share half | --remote-share: 'half' is not a number",
                "--readers -1 | --readers: '-1' is not a whole number",
                "--readers 300 | 300 readers is outside 0 to 256",
                "--readers 1 --lifetime 10 | a lifetime of 10 allocations that readers look at is outside",
                "--readers 1 --allocator arena --remote-share 0 | 'arena' has no epochs that readers could pin",
                "--pin-ms x | --pin-ms: 'x' is not a whole number",
                "--burst 0 | --burst: '0' is under 1",
                "--burst 2000 | a burst of 2000 cells in this lifetime is outside 1 to 1024",
                "--concurrency 0 | --concurrency: '0' is under 1",
                "--concurrency 257 | 257 producers is outside 1 to 256",
                "--seconds 0 | 0 ms to measure is outside 1 to",
                "--seconds -1 | --seconds: -1.0 is outside 0 to 86400",
                "--seconds NaN | --seconds: NaN is outside 0 to 86400",
                "--seconds long | --seconds: 'long' is not a number",
                "--allocator nosuch | --allocator: no allocator named 'nosuch' is measured",
                "--allocator mimaloc | did you mean 'mimalloc'?",
                "--allocator arena | 'arena' cannot be closed by another thread: give --remote-share 0",
                "--allocator system,default | an allocator is named twice",
                "--shards 2000 | --shards: 2000 is outside 0 to 1024",
                "--memory-budget much | --memory-budget: 'much' is not a size",
                "--repeat 2000 | 2000 repeats is outside 1 to 1000",
                "--gate --allocator system | --gate: it is small_pool that is held to the gates",
                "--gate-deferred x | --gate-deferred: 'x' is not a whole number",
                "--gate-contention 101 | --gate-contention: 101.0 is outside 0 to 100 percent",
                "--gate-contention much | --gate-contention: 'much' is not a number",
                "--json @/other.json | result file @/other.json: something else is there already",
                "--json @/no/such.json | its directory does not exist",
            })
    void wrongAllocationRunsAreRefused(String args, String complaint) {
        assertRefused("alloc", args, complaint);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | missing required option",
                "-o @/out --num-batches 0 | --num-batches: '0' is under 1",
                "-o @/notes | @/notes: something else is there already",
                "-o @/no/such | its directory does not exist",
                "-o @/out --entropy 2 | --entropy: '2' is outside 0..1",
            })
    void wrongPayloadsAreRefused(String args, String complaint) {
        assertRefused("generate-payload", args, complaint);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "@/other.json | missing required parameter",
                "@/other.json @/other.json | result file @/other.json: it is not a result of cordwood",
                "@/nosuch @/other.json | no such file",
                "@/other.json @/other.json --fail-if p98>1% | no figure 'p98': did you mean 'p90'?",
                "@/other.json @/other.json --fail-if often | 'often' is not a gate",
            })
    void wrongComparisonsAreRefused(String args, String complaint) {
        assertRefused("compare", args, complaint);
    }

    @Test
    void directoryThatHoldsSomethingElseIsRefusedByEveryEngine() throws IOException {
        Path foreign = Files.createDirectory(file("foreign"));
        Files.writeString(foreign.resolve("letter"), "mine");
        for (String engine : List.of("rocksdb", "rawfile", "noop")) {
            CommandLineRun run =
                    run("write-throughput", "--store " + engine + " --skip-floor --dir " + foreign);
            assertThat(run.exit()).as(run.err()).isEqualTo(ExitCode.USAGE);
            assertThat(run.err()).contains(foreign.toString());
            try (Stream<Path> left = Files.list(foreign)) {
                assertThat(left).containsExactly(foreign.resolve("letter"));
            }
        }
    }

    private void assertRefused(String command, String args, String complaint) {
        CommandLineRun run = run(command, args.replace("@", directory.toString()));
        assertThat(run.exit()).as(run.err()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err())
                .contains(complaint.replace("@", directory.toString()))
                .startsWith("cordwood: ");
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.out()).isEmpty();
        assertThat(file("notes")).hasContent("mine");
        assertThat(file("other.json")).hasContent("{\"mine\": 1}");
        assertThat(directory.toFile().list())
                .containsExactlyInAnyOrder("notes", "empty", "other.json");
    }

    private CommandLineRun run(String command, String args) {
        String line = ("bench " + command + " " + args).strip();
        return CommandLineRun.of(directory, Map.of(), line.split(" +"));
    }

    private Path file(String name) {
        return directory.resolve(name);
    }
}
