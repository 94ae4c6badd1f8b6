package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.store.LocalStore;
import cordwood.store.Metric;
import cordwood.store.StoreOptions;
import cordwood.testkit.Bytes;
import cordwood.testkit.Poll;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.disk.CrashingDisk;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What was trimmed comes back by itself, whatever lies beside it. */
final class SpaceTest {

    private static final int STREAMS = 50;
    private static final int FLUSHES = 12;
    private static final int VALUE_BYTES = 512;
    private static final int BLOCK_BYTES = 4 << 10;

    private static StoreUnderTest open() {
        StoreOptions options =
                new StoreOptions(
                        Path.of("/disk/store").toAbsolutePath(),
                        StoreOptions.MEMORY_BUDGET_BYTES_MIN,
                        Map.of("block-size", BLOCK_BYTES + "B", "compression", "none"));
        CrashingDisk disk = new CrashingDisk(1);
        return new StoreUnderTest(() -> LsmStore.open(options, LsmEnvironment.on(disk)));
    }

    /** Flushes, with so many records of each stream in each. */
    private static void fill(StoreUnderTest store, LongUnaryOperator recordsOf) {
        MemorySegment value = Bytes.random(1, VALUE_BYTES);
        for (int flush = 0; flush < FLUSHES; flush++) {
            long from = flush * 1_000L;
            store.write(batch -> {
                for (long stream = 0; stream < STREAMS; stream++) {
                    for (long i = 0; i < recordsOf.applyAsLong(stream); i++) {
                        batch.put(StoreUnderTest.SPACE, stream, from + i, value);
                    }
                }
            });
            ((LocalStore) store.store()).flush();
        }
    }

    private static void trim(StoreUnderTest store, LongStream streams, long upTo) {
        List<Long> trimmed = streams.boxed().toList();
        store.write(
                batch -> trimmed.forEach(stream -> batch.trim(StoreUnderTest.SPACE, stream, upTo)));
    }

    private static void awaitTableBytes(StoreUnderTest store, long most) {
        Poll.until(
                "tables take at most " + most + " bytes",
                () -> store.store().metrics().value(Metric.TABLE_BYTES) <= most);
    }

    @Test
    void aBusyStreamComesBackBesideQuietOnes() {
        try (StoreUnderTest store = open()) {
            fill(store, stream -> stream == 3 ? 200 : 1);
            long liveBytes = (long) FLUSHES * (STREAMS - 1) * VALUE_BYTES;

            trim(store, LongStream.of(3), Long.MAX_VALUE - 1);

            awaitTableBytes(store, 2 * liveBytes);
            assertThat(store.positions(4)).hasSize(FLUSHES);
            assertThat(store.positions(3)).isEmpty();
        }
    }

    @Test
    void trimmedStreamsComeBackBetweenOthers() {
        try (StoreUnderTest store = open()) {
            fill(store, _ -> 10);
            long allBytes = (long) FLUSHES * STREAMS * 10 * VALUE_BYTES;

            trim(store, LongStream.range(0, STREAMS).filter(i -> i % 2 == 0), 1_000_000);

            awaitTableBytes(store, allBytes * 6 / 10);
            assertThat(store.positions(1)).hasSize(10 * FLUSHES);
            assertThat(store.positions(2)).isEmpty();
        }
    }

    @Test
    void trimmedHalvesOfAllStreamsComeBack() {
        try (StoreUnderTest store = open()) {
            fill(store, _ -> 10);
            ((LocalStore) store.store()).compact();
            long allBytes = (long) FLUSHES * STREAMS * 10 * VALUE_BYTES;

            trim(store, LongStream.range(0, STREAMS), FLUSHES / 2 * 1_000L - 1);

            awaitTableBytes(store, allBytes * 6 / 10);
            assertThat(store.positions(7)).hasSize(10 * FLUSHES / 2);
        }
    }

    /** A tenth is no reason to write anything anew. */
    @Test
    void whatIsTrimmedAndStillThereIsAFigure() {
        try (StoreUnderTest store = open()) {
            fill(store, _ -> 10);
            ((LocalStore) store.store()).compact();
            assertThat(store.store().metrics().value(Metric.RECLAIMABLE_BYTES)).isZero();

            trim(store, LongStream.range(0, STREAMS / 10), Long.MAX_VALUE - 1);

            long trimmedBytes = (long) FLUSHES * STREAMS * VALUE_BYTES;
            Poll.until(
                    "the trimmed tenth is found",
                    () ->
                            store.store().metrics().value(Metric.RECLAIMABLE_BYTES)
                                    >= trimmedBytes * 9 / 10);
            assertThat(store.store().metrics().value(Metric.RECLAIMABLE_BYTES))
                    .isLessThan(trimmedBytes * 12 / 10);
        }
    }

    @Test
    void streamsInManyFlushesComeToLieInFewTables() {
        try (StoreUnderTest store = open()) {
            fill(store, _ -> 1);
            Poll.until(
                    "few tables are left",
                    () -> {
                        long tables = store.store().metrics().value(Metric.TABLES);
                        long owed = store.store().metrics().value(Metric.PENDING_COMPACTION_BYTES);
                        return tables < FLUSHES && owed == 0;
                    });
            assertThat(store.positions(7)).hasSize(FLUSHES);
        }
    }
}
