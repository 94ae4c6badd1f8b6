package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.store.Cursor;
import cordwood.store.LocalStore;
import cordwood.store.Metric;
import cordwood.store.Order;
import cordwood.store.StoreMetrics;
import cordwood.store.StoreOptions;
import cordwood.store.StreamBounds;
import cordwood.testkit.Bytes;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.disk.CrashingDisk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Cursors that rest between two calls, while the store changes. */
@ExtendWith(SeedExtension.class)
final class CursorsBesideWritesTest {

    private static final int STEPS = FaultOpener.LONG ? 40_000 : 3_000;
    private static final int CURSORS = 50; // more than places are kept for
    private static final int STREAMS = 3;
    private static final int TABLES = 40;
    private static final int RECORDS = 200; // of a stream in a table
    private static final int FILLS = 14; // 8, 32, 128, 512, then 1,024 records each
    private static final Path DIRECTORY = Path.of("/disk/store").toAbsolutePath();

    private static StoreUnderTest open(StoreOptions options) {
        CrashingDisk disk = new CrashingDisk(1);
        return new StoreUnderTest(() -> LsmStore.open(options, LsmEnvironment.on(disk)));
    }

    private static StoreUnderTest open() {
        return open(Fixtures.options(DIRECTORY, StoreOptions.MEMORY_BUDGET_BYTES_MIN));
    }

    /** What a store holds of each stream, and how far that was trimmed. */
    private static final class Model {
        final List<NavigableSet<Long>> positions =
                IntStream.range(0, STREAMS)
                        .<NavigableSet<Long>>mapToObj(_ -> new TreeSet<>())
                        .toList();
        final long[] trimmedTo = new long[STREAMS];
        private final long[] next = new long[STREAMS];

        void put(StoreUnderTest store, int stream, int count, SplittableRandom random) {
            List<Long> fresh = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                boolean isLate = next[stream] > 0 && random.nextInt(10) == 0;
                fresh.add(isLate ? random.nextLong(next[stream]) : ++next[stream]);
            }
            store.write(batch ->
                    fresh.forEach(position ->
                            batch.put(
                                    StoreUnderTest.SPACE,
                                    stream,
                                    position,
                                    Bytes.of(String.valueOf(position)))));
            positions.get(stream).addAll(fresh);
            positions.get(stream).headSet(trimmedTo[stream], true).clear();
        }

        void trim(StoreUnderTest store, int stream, SplittableRandom random) {
            long to =
                    trimmedTo[stream] + random.nextLong((next[stream] - trimmedTo[stream]) / 4 + 1);
            store.trim(stream, to);
            trimmedTo[stream] = to;
            positions.get(stream).headSet(to, true).clear();
        }
    }

    /** A cursor, and what it must show. */
    private static final class Reader {
        private final Model model;
        private final int stream;
        private final boolean rising;
        private final Cursor cursor;
        private final NavigableSet<Long> due;

        Reader(StoreUnderTest store, Model model, SplittableRandom random) {
            this.model = model;
            this.stream = random.nextInt(STREAMS);
            this.rising = random.nextBoolean();
            long from = random.nextBoolean() ? Long.MIN_VALUE : random.nextLong(1_000);
            long to = random.nextBoolean() ? Long.MAX_VALUE : from + random.nextLong(3_000);
            this.cursor =
                    store.store()
                            .read(
                                    StoreUnderTest.SPACE,
                                    stream,
                                    from,
                                    Math.max(from, to),
                                    rising ? Order.FORWARD : Order.BACKWARD);
            this.due =
                    new TreeSet<>(
                            model.positions
                                    .get(stream)
                                    .subSet(from, true, Math.max(from, to), true));
        }

        /** Moves on; false at the end. */
        boolean move(int records) {
            Long before = null;
            for (int i = 0; i < records; i++) {
                if (!cursor.next()) {
                    due.headSet(model.trimmedTo[stream], true).clear();
                    assertThat(due).isEmpty();
                    return false;
                }
                long position = cursor.position();
                assertThat(Bytes.text(cursor.value())).isEqualTo(String.valueOf(position));
                if (before != null) {
                    assertThat(rising ? position > before : position < before).isTrue();
                }
                before = position;
                due.headSet(model.trimmedTo[stream], true).clear();
                assertThat(rising ? due.headSet(position, false) : due.tailSet(position, false))
                        .as("missed before " + position)
                        .isEmpty();
                due.remove(position);
            }
            return true;
        }
    }

    @Test
    void eachShowsEverythingThatWasThereWhenItWasOpened(Seed seed) {
        SplittableRandom random = seed.random();
        Model model = new Model();
        List<Reader> readers = new ArrayList<>();
        StoreOptions options =
                Fixtures.options(
                        DIRECTORY,
                        StoreOptions.MEMORY_BUDGET_BYTES_DEFAULT,
                        "memtable-size",
                        "256KiB",
                        "block-size",
                        "1KiB",
                        "block-cache-size", // which is full soon, so that cursors read past it
                        "1MiB");
        try (StoreUnderTest store = open(options)) {
            for (int i = 0; i < STEPS; i++) {
                int stream = random.nextInt(STREAMS);
                switch (random.nextInt(60)) {
                    case 0 -> ((LocalStore) store.store()).flush();
                    case 1 -> model.trim(store, stream, random);
                    case 2 -> {
                        if (random.nextInt(10) == 0) {
                            ((LocalStore) store.store()).compact();
                        }
                    }
                    case 3, 4, 5, 6 -> model.put(store, stream, random.nextInt(1, 400), random);
                    default -> {
                        if (readers.size() < CURSORS) {
                            readers.add(new Reader(store, model, random));
                        }
                        Reader reader = readers.remove(random.nextInt(readers.size()));
                        if (reader.move(random.nextInt(200)) && random.nextInt(50) > 0) {
                            readers.add(reader);
                        } else {
                            reader.cursor.close();
                        }
                    }
                }
            }
            readers.forEach(reader -> reader.move(Integer.MAX_VALUE));
            readers.forEach(reader -> reader.cursor.close());
        }
    }

    @Test
    void aTrimIsSeenByACursorThatRested() {
        try (StoreUnderTest store = open()) {
            store.putEach(1, LongStream.range(0, 1_000).toArray());
            try (Cursor cursor =
                    store.store()
                            .read(
                                    StoreUnderTest.SPACE,
                                    1,
                                    Long.MIN_VALUE,
                                    Long.MAX_VALUE,
                                    Order.FORWARD)) {
                assertThat(cursor.next()).isTrue();
                store.trim(1, 900);
                long last = 0;
                while (last < 100 && cursor.next()) {
                    last = cursor.position(); // what it had copied
                }
                assertThat(last).isEqualTo(901);
            }
        }
    }

    @Test
    void whatIsAppendedBeforeTheEndIsReachedIsSeen() {
        try (StoreUnderTest store = open()) {
            store.putEach(1, LongStream.range(0, 500).toArray());
            try (Cursor cursor =
                    store.store()
                            .read(
                                    StoreUnderTest.SPACE,
                                    1,
                                    Long.MIN_VALUE,
                                    Long.MAX_VALUE,
                                    Order.FORWARD)) {
                for (int i = 0; i < 100; i++) {
                    assertThat(cursor.next()).isTrue();
                }
                store.putEach(1, LongStream.range(500, 600).toArray());
                for (long position = 100; position < 600; position++) {
                    assertThat(cursor.next()).isTrue();
                    assertThat(cursor.position()).isEqualTo(position);
                }
                assertThat(cursor.next()).isFalse();
            }
        }
    }

    @Test
    void aLongReadGoesOnWhereItStoodAndDoesNotLookIntoEveryTableAgain() {
        try (StoreUnderTest store = open()) {
            for (int table = 0; table < TABLES; table++) {
                for (int stream = 0; stream < STREAMS; stream++) {
                    long first = (long) table * RECORDS;
                    store.putEach(stream, LongStream.range(first, first + RECORDS).toArray());
                }
                ((LocalStore) store.store()).flush();
            }
            StreamBounds all = new StreamBounds(0, TABLES * RECORDS - 1L, Long.MIN_VALUE);
            assertThat(store.store().bounds(StoreUnderTest.SPACE, 1)).isEqualTo(all);
            long before = lookups(store);

            assertThat(store.positions(1)).hasSize(TABLES * RECORDS);

            assertThat(lookups(store) - before).isLessThanOrEqualTo(2 * TABLES + FILLS);
        }
    }

    private static long lookups(StoreUnderTest store) {
        StoreMetrics metrics = store.store().metrics();
        return metrics.value(Metric.BLOCK_CACHE_HITS) + metrics.value(Metric.BLOCK_CACHE_MISSES);
    }
}
