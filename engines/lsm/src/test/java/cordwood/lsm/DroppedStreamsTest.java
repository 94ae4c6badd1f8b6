package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.store.LocalStore;
import cordwood.store.Metric;
import cordwood.store.StoreOptions;
import cordwood.store.StreamBounds;
import cordwood.testkit.Bytes;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.SeededSteps;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.disk.CrashingDisk;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is left of streams that are trimmed as a whole: how far they were trimmed. */
@ExtendWith(SeedExtension.class)
final class DroppedStreamsTest {

    private static final int STREAMS = 5_000;
    private static final int STREAMS_PER_BATCH = 1_000;
    private static final int BYTES_MAX = 32;
    private static final int RAW_BYTES_MAX = 44; // a stretch's head, a length, the trim point
    private static final long FIXED_BYTES = 64 << 10; // what any table takes
    private static final Path DIRECTORY = Path.of("/disk/store").toAbsolutePath();

    private static void write(StoreUnderTest store, SplittableRandom random) {
        store.write(batch -> {
            for (int i = 0; i < STREAMS_PER_BATCH; i++) {
                long stream = random.nextLong();
                batch.put(StoreUnderTest.SPACE, stream, 1, Bytes.random(stream, 100));
                batch.trim(StoreUnderTest.SPACE, stream, Long.MAX_VALUE);
            }
        });
    }

    @Test
    void aDroppedStreamTakesAtMostThirtyTwoBytesAndStaysDropped(Seed seed) {
        requireSmall(seed, BYTES_MAX);
    }

    @Test
    void aDroppedStreamTakesLittleMoreWithoutCompression(Seed seed) {
        requireSmall(seed, RAW_BYTES_MAX, "compression", "none", "cold-compression", "none");
    }

    private static void requireSmall(Seed seed, int bytesMax, String... compression) {
        SeededSteps steps = new SeededSteps(seed);
        StoreOptions options =
                Fixtures.options(DIRECTORY, StoreOptions.MEMORY_BUDGET_BYTES_MIN, compression);
        LsmEnvironment environment = Fixtures.stepped(new CrashingDisk(1), steps);
        try (StoreUnderTest store =
                new StoreUnderTest(() -> LsmStore.open(options, environment), steps::await)) {
            SplittableRandom random = new SplittableRandom(seed.value());
            for (int i = 0; i < STREAMS; i += STREAMS_PER_BATCH) {
                write(store, random);
            }
            ((LocalStore) store.store()).compact();
            steps.runAll();
            long bytes = store.store().metrics().value(Metric.TABLE_BYTES);
            assertThat(bytes).isLessThanOrEqualTo((long) STREAMS * bytesMax + FIXED_BYTES);

            store.reopen();
            long stream = new SplittableRandom(seed.value()).nextLong();
            store.write(batch -> batch.put(StoreUnderTest.SPACE, stream, 2, Bytes.of("late")));
            assertThat(store.store().bounds(StoreUnderTest.SPACE, stream))
                    .isEqualTo(StreamBounds.empty(Long.MAX_VALUE));
        }
    }
}
