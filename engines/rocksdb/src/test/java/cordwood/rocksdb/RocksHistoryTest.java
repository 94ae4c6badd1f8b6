package cordwood.rocksdb;

import cordwood.baseline.ModelState;
import cordwood.baseline.ModelStore;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.history.HistoryComparison;
import cordwood.testkit.history.HistoryShape;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Random histories with reopenings, compared with the model step by step. */
@ExtendWith(SeedExtension.class)
final class RocksHistoryTest {

    private static final int HISTORIES = Boolean.getBoolean("cordwood.long") ? 400 : 8;

    @TempDir private Path root;
    private int stores;

    private static StoreUnderTest model() {
        ModelState state = new ModelState();
        return new StoreUnderTest(() -> ModelStore.open(state, false));
    }

    private StoreUnderTest rocks(String... options) {
        Path directory = root.resolve("store" + ++stores);
        return new StoreUnderTest(() -> Fixtures.open(directory, options));
    }

    @Test
    void behavesLikeTheModel(Seed seed) {
        new HistoryComparison(RocksHistoryTest::model, this::rocks)
                .check(seed, HISTORIES, HistoryShape.ofSteps(150));
    }

    @Test
    void behavesLikeTheModelWithLargeBatchesOfManyStreams(Seed seed) {
        new HistoryComparison(RocksHistoryTest::model, this::rocks)
                .check(seed, HISTORIES / 4, new HistoryShape(60, 40, 120, 3_000, true));
    }

    @Test
    void behavesLikeTheModelWithEverythingSwitchedTheOtherWay(Seed seed) {
        new HistoryComparison(
                        RocksHistoryTest::model,
                        () ->
                                rocks(
                                        "enable-blob-separation", "true",
                                        "blob-min-size", "50",
                                        "disable-wal-compression", "false",
                                        "disable-l0-l1-compression", "true",
                                        "write-batch-commit-count", "1",
                                        "disable-paranoid-checks", "true"))
                .check(seed, HISTORIES / 4, HistoryShape.ofSteps(150));
    }
}
