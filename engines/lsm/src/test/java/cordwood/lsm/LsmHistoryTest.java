package cordwood.lsm;

import cordwood.baseline.ModelState;
import cordwood.baseline.ModelStore;
import cordwood.store.GroupCommitter;
import cordwood.store.StoreOptions;
import cordwood.store.StreamStore;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.SeededSteps;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.history.HistoryComparison;
import cordwood.testkit.history.HistoryGenerator;
import cordwood.testkit.history.HistoryShape;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Random histories with reopenings, compared with the model step by step. */
@ExtendWith(SeedExtension.class)
final class LsmHistoryTest {

    private static final int HISTORIES = Boolean.getBoolean("cordwood.long") ? 400 : 10;
    private static final GroupCommitter.Limits LIMITS =
            new GroupCommitter.Limits(1 << 20, 16, 64 << 20, 1_024, Duration.ofSeconds(10));

    @TempDir private Path root;
    private int stores;

    private static StoreUnderTest model() {
        ModelState state = new ModelState();
        return new StoreUnderTest(() -> ModelStore.open(state, false));
    }

    private Path directory() {
        return root.resolve("store" + ++stores);
    }

    private StoreUnderTest onThreads(StoreOptions options) {
        return new StoreUnderTest(() -> LsmStore.open(options, LsmEnvironment.system()));
    }

    /** Everything on one thread and on a disk in memory: the seed replays it. */
    private static StoreUnderTest stepped(Seed seed) {
        CrashingDisk disk = new CrashingDisk(seed.value());
        SeededSteps steps = new SeededSteps(seed);
        SplittableRandom random = seed.random();
        StoreOptions options = tiny(Path.of("/store"), random);
        return new StoreUnderTest(() -> open(options, disk, steps), steps::await);
    }

    private static StreamStore open(StoreOptions options, CrashingDisk disk, SeededSteps steps) {
        return LsmStore.open(options, Fixtures.stepped(disk, steps), LIMITS);
    }

    private static StoreOptions tiny(Path directory, SplittableRandom random) {
        String[] sizes = {"64KiB", "128KiB", "1MiB"};
        String[] blocks = {"1KiB", "2KiB", "32KiB"};
        return Fixtures.options(
                directory,
                StoreOptions.MEMORY_BUDGET_BYTES_MIN,
                "memtable-size",
                sizes[random.nextInt(sizes.length)],
                "wal-segment-size",
                sizes[random.nextInt(sizes.length)],
                "block-size",
                blocks[random.nextInt(blocks.length)],
                "compression",
                random.nextBoolean() ? "lz4" : "none",
                "cold-compression",
                random.nextBoolean() ? "deflate" : "none");
    }

    @Test
    void behavesLikeTheModel(Seed seed) {
        SplittableRandom random = seed.random();
        new HistoryComparison(LsmHistoryTest::model, () -> onThreads(tiny(directory(), random)))
                .check(seed, HISTORIES, HistoryShape.ofSteps(150));
    }

    @Test
    void behavesLikeTheModelWithLargeBatchesOfManyStreams(Seed seed) {
        new HistoryComparison(
                        LsmHistoryTest::model, () -> onThreads(tiny(directory(), seed.random())))
                .check(seed, HISTORIES / 2, new HistoryShape(60, 40, 120, 3_000, true));
    }

    @Test
    void behavesLikeTheModelInEveryInterleavingOfItsSteps(Seed seed) {
        HistoryShape shape = new HistoryShape(120, 10, 20, 2_000, true);
        for (int i = 0; i < HISTORIES * 4; i++) {
            Seed child = seed.child(i);
            new HistoryComparison(LsmHistoryTest::model, () -> stepped(child))
                    .check(HistoryGenerator.history(child, shape));
        }
    }
}
