package cordwood.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.bench.json.JsonObject;
import cordwood.store.Durability;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShownDurabilityTest {

    @ParameterizedTest
    @CsvSource({
        // asked, groups, bytes and syncs of the log, shown
        "DURABLE, 2000, 900000, 2000, DURABLE",
        "DURABLE, 2000, 900000, 2003, DURABLE",
        "DURABLE, 2000, 900000, 1999, WRITTEN",
        "DURABLE, 2000, 900000, 1, WRITTEN",
        "DURABLE, 2000, 900000, 0, WRITTEN",
        "DURABLE, 2000, 0, 0, BUFFERED",
        "DURABLE, 0, 0, 0, DURABLE",
        "WRITTEN, 2000, 900000, 0, WRITTEN",
        "WRITTEN, 2000, 900000, 2000, WRITTEN",
        "WRITTEN, 2000, 0, 0, BUFFERED",
        "BUFFERED, 2000, 900000, 2000, BUFFERED",
        "BUFFERED, 2000, 0, 0, BUFFERED",
    })
    void acknowledgementsAreWorthWhatTheLogShows(
            Durability asked, long groups, long walBytes, long walSyncs, Durability shown) {
        assertThat(ShownDurability.of(asked, groups, walBytes, walSyncs)).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource({"1, WRITTEN", "100, DURABLE"})
    void olderFileIsRelabelledByItsFigures(long syncs, String shown, @TempDir Path directory) {
        JsonObject run =
                new JsonObject()
                        .put("store", "rocksdb")
                        .put("durability", "DURABLE")
                        .put("config", new JsonObject().put("durability", "DURABLE"))
                        .put("batches", 2_000)
                        .put(
                                "io",
                                new JsonObject()
                                        .put("wal_bytes", 9_000)
                                        .put("wal_syncs", syncs)
                                        .put("write_amplification", 2.0))
                        .put("engine", new JsonObject().put("commit_groups", 100));
        Path file = directory.resolve("older.json");
        ResultFile.write(
                file, ResultFile.head("write-throughput", Instant.EPOCH).put("runs", List.of(run)));
        JsonObject read = ResultFile.read(file).objects("runs").getFirst();
        assertThat(read.text("durability")).isEqualTo(shown);
        assertThat(read.has("io.write_amplification")).isFalse(); // it left bytes out
    }

    @Test
    void weakestOfSeveralRunsCounts() {
        JsonObject durable = new JsonObject().put("durability", "DURABLE");
        JsonObject written = new JsonObject().put("durability", "WRITTEN");
        assertThat(ShownDurability.weakest(List.of(durable, written, durable)))
                .isEqualTo("WRITTEN");
    }
}
