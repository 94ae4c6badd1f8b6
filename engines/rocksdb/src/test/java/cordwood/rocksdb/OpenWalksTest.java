package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.files.Disk;
import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.GroupCommitter;
import cordwood.store.Order;
import cordwood.store.StoreException;
import cordwood.store.StoreLimits;
import cordwood.store.StoreOptions;
import cordwood.store.StreamCursor;
import cordwood.store.WriteBatch;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cursors share what they may keep alive, and whoever lost it goes on where it was. */
class OpenWalksTest {

    private static final int RECORDS = 300;
    private static final int WALKS_MAX = 20;

    /** Memory as short as the test says. */
    private static final class Shortage implements OpenWalks.Room {

        private boolean isShort;
        private boolean isTaken;

        @Override
        public boolean isShort() {
            return isShort;
        }

        @Override
        public boolean isTakenByWalks() {
            return isTaken;
        }
    }

    @TempDir private Path root;
    private final Shortage shortage = new Shortage();
    private final OpenWalks walks =
            new OpenWalks(WALKS_MAX, OpenWalks.PIN_NANOS_MAX * 3_600, shortage);
    private OpenParts parts;
    private Database database;
    private GroupCommitter committer;

    @BeforeEach
    void open() {
        StoreOptions given = new StoreOptions(root, StoreOptions.MEMORY_BUDGET_BYTES_MIN, Map.of());
        RocksOptions options = RocksOptions.of(given);
        parts =
                OpenParts.on(
                        Disk.real(), root.resolve("store"), options, RocksStore.limits(options));
        database = parts.database();
        committer = parts.committer();
        write(batch -> {
            for (int i = 0; i < RECORDS; i++) {
                batch.put(Fixtures.SPACE, i, i, Fixtures.bytes("value " + i));
                batch.put(Fixtures.SPACE, i, i + 1, Fixtures.bytes("value " + (i + 1)));
                batch.put(Fixtures.SPACE, i, i + 2, Fixtures.bytes("value " + (i + 2)));
            }
        });
    }

    @AfterEach
    void close() {
        parts.close();
    }

    private void write(Consumer<WriteBatch> filler) {
        try (WriteBatch batch = new RocksBatch(database, StoreLimits.LOCAL)) {
            filler.accept(batch);
            committer.append(batch, Durability.WRITTEN).await();
        }
    }

    private Cursor cursor(long stream, Order order) {
        return new RocksCursor(
                database, walks, Fixtures.SPACE, stream, Long.MIN_VALUE, Long.MAX_VALUE, order);
    }

    private static String text(Cursor cursor) {
        return new String(cursor.value().toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    private void letAllGo() {
        shortage.isShort = true;
        walks.tick();
        shortage.isShort = false;
        assertThat(walks.size()).isZero();
    }

    @Test
    void cursorsBeyondTheLimitTakeTurnsAndEachGoesOnWhereItWas() {
        List<Cursor> cursors = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            Cursor cursor = cursor(i, i % 2 == 0 ? Order.FORWARD : Order.BACKWARD);
            assertThat(cursor.next()).isTrue();
            cursors.add(cursor);
            assertThat(walks.size()).isLessThanOrEqualTo(WALKS_MAX);
        }
        for (int step = 0; step < 3; step++) {
            for (int i = 0; i < RECORDS; i++) {
                int expected = i % 2 == 0 ? i + step : i + 2 - step;
                assertThat(cursors.get(i).position()).isEqualTo(expected);
                assertThat(text(cursors.get(i))).isEqualTo("value " + expected);
                assertThat(cursors.get(i).next()).isEqualTo(step < 2);
                assertThat(walks.size()).isLessThanOrEqualTo(WALKS_MAX);
            }
        }
        assertThat(walks.size()).isZero();
        cursors.forEach(Cursor::close);
        assertThat(database.cursors().usedBytes()).isZero();
    }

    @Test
    void closedCursorHoldsNothing() {
        try (Cursor cursor = cursor(1, Order.FORWARD)) {
            assertThat(cursor.next()).isTrue();
            assertThat(text(cursor)).isEqualTo("value 1");
            assertThat(walks.size()).isEqualTo(1);
            assertThat(database.cursors().usedBytes()).isPositive();
        }
        assertThat(walks.size()).isZero();
        assertThat(database.cursors().usedBytes()).isZero();
    }

    @Test
    void walkOnlyLetsGoAtATickWhenItRestedForLongOrMemoryIsShort() {
        try (Cursor cursor = cursor(1, Order.FORWARD);
                OpenWalks eager = new OpenWalks(WALKS_MAX, -1, shortage);
                Cursor other =
                        new RocksCursor(database, eager, Fixtures.SPACE, 2, 0, 9, Order.FORWARD)) {
            assertThat(cursor.next()).isTrue();
            assertThat(other.next()).isTrue();
            walks.tick();
            eager.tick();
            assertThat(walks.size()).isEqualTo(1);
            assertThat(eager.size()).isZero();
            letAllGo();
            assertThat(text(cursor)).isEqualTo("value 1");
            assertThat(text(other)).isEqualTo("value 2");
        }
    }

    @Test
    void recordTrimmedUnderAWalkThatLetGoIsRefusedAndTheWalkGoesOn() {
        try (Cursor cursor = cursor(5, Order.FORWARD)) {
            assertThat(cursor.next()).isTrue();
            letAllGo();
            write(batch -> batch.trim(Fixtures.SPACE, 5, 5));
            assertThatThrownBy(cursor::value)
                    .isInstanceOf(StoreException.Invalid.class)
                    .hasMessageContaining("trimmed");
            assertThat(cursor.position()).isEqualTo(5);
            assertThat(cursor.next()).isTrue();
            assertThat(text(cursor)).isEqualTo("value 6");
        }
    }

    @Test
    void valueGivenOutStaysWhenTheWalkLetsGo() {
        try (Cursor cursor = cursor(5, Order.BACKWARD)) {
            assertThat(cursor.next()).isTrue();
            MemorySegment value = cursor.value();
            letAllGo();
            write(batch -> batch.trim(Fixtures.SPACE, 5, 100));
            assertThat(value.mismatch(Fixtures.bytes("value 7"))).isEqualTo(-1);
            assertThat(cursor.value()).isSameAs(value);
            assertThat(cursor.next()).isFalse();
        }
    }

    @Test
    void streamCursorThatLetGoAtEveryStepTellsEachStreamOnce() {
        write(batch -> batch.attribute(Fixtures.SPACE, RECORDS + 7, 1, Fixtures.bytes("x")));
        List<Long> streams = new ArrayList<>();
        try (StreamCursor cursor = new RocksStreamCursor(database, walks, Fixtures.SPACE)) {
            while (cursor.next()) {
                letAllGo();
                streams.add(cursor.stream());
            }
        }
        assertThat(streams).hasSize(RECORDS + 1).doesNotHaveDuplicates().isSorted();
    }

    /** Holds a cursor's place as if another thread were in the middle of a call. */
    private void whileAnotherReads(Runnable action) throws InterruptedException {
        ReentrantLock lock = new ReentrantLock();
        byte[] lowest = Keys.spaceStart(Fixtures.SPACE);
        byte[] above = Keys.spaceEnd(Fixtures.SPACE.id());
        try (Walk other = Walk.between(database, database.data(), lowest, above, walks, lock)) {
            CountDownLatch inCall = new CountDownLatch(1);
            CountDownLatch done = new CountDownLatch(1);
            Thread reader =
                    Thread.ofPlatform()
                            .start(() -> {
                                lock.lock();
                                try {
                                    other.seek(lowest);
                                    inCall.countDown();
                                    done.await();
                                } catch (InterruptedException e) {
                                    throw new IllegalStateException(e);
                                } finally {
                                    lock.unlock();
                                }
                            });
            inCall.await();
            try {
                action.run();
            } finally {
                done.countDown();
                reader.join();
            }
        }
    }

    private void fill() {
        shortage.isShort = true;
        shortage.isTaken = true;
    }

    private void drain() {
        shortage.isShort = false;
        shortage.isTaken = false;
    }

    @Test
    void cursorRefusedForWantOfMemoryGoesOnWhereItWas() throws InterruptedException {
        whileAnotherReads(() -> {
            try (Cursor fresh = cursor(3, Order.FORWARD);
                    Cursor begun = cursor(4, Order.BACKWARD)) {
                assertThat(begun.next()).isTrue();
                letRest();
                fill();
                for (Cursor refused : List.of(fresh, begun, fresh, begun)) {
                    assertThatThrownBy(refused::next).isInstanceOf(StoreException.Busy.class);
                    assertThatThrownBy(refused::position)
                            .isInstanceOf(StoreException.Invalid.class);
                }
                drain();
                assertThat(fresh.next()).isTrue();
                assertThat(text(fresh)).isEqualTo("value 3");
                assertThat(begun.next()).isTrue();
                assertThat(text(begun)).isEqualTo("value 5");
            }
        });
    }

    private void letRest() {
        shortage.isShort = true;
        walks.tick();
        shortage.isShort = false;
    }

    @Test
    void streamCursorRefusedForWantOfMemoryTellsEachStreamOnce() throws InterruptedException {
        whileAnotherReads(() -> {
            List<Long> streams = new ArrayList<>();
            try (StreamCursor cursor = new RocksStreamCursor(database, walks, Fixtures.SPACE)) {
                boolean more = true;
                while (more) {
                    fill();
                    assertThatThrownBy(cursor::next).isInstanceOf(StoreException.Busy.class);
                    assertThatThrownBy(cursor::stream).isInstanceOf(StoreException.Invalid.class);
                    drain();
                    more = cursor.next();
                    if (more) {
                        streams.add(cursor.stream());
                    }
                }
                fill();
                assertThat(cursor.next()).isFalse();
            }
            assertThat(streams).hasSize(RECORDS).doesNotHaveDuplicates().isSorted();
        });
    }

    @Test
    void cursorThatIsAloneReadsHoweverShortMemoryIs() {
        fill();
        try (Cursor resting = cursor(1, Order.FORWARD);
                Cursor cursor = cursor(2, Order.FORWARD);
                StreamCursor streams = new RocksStreamCursor(database, walks, Fixtures.SPACE)) {
            assertThat(resting.next()).isTrue();
            assertThat(cursor.next()).isTrue();
            assertThat(text(cursor)).isEqualTo("value 2");
            assertThat(streams.next()).isTrue();
            assertThat(text(resting)).isEqualTo("value 1");
        }
    }

    @Test
    void valuesOfCursorsAreBoundedAndTheLargestGoesInAlone() {
        long shareBytes = StoreOptions.MEMORY_BUDGET_BYTES_MIN / 4;
        int largest = (int) shareBytes + 1;
        for (int i = 0; i < 3; i++) {
            int position = i;
            write(batch ->
                    batch.put(Fixtures.SPACE, -1, position, Fixtures.pattern(largest - position)));
        }
        try (Cursor second = cursor(-1, Order.BACKWARD)) {
            assertThat(second.next()).isTrue();
            try (Cursor first = cursor(-1, Order.FORWARD)) {
                assertThat(first.next()).isTrue();
                assertThat(first.value().mismatch(Fixtures.pattern(largest))).isEqualTo(-1);
                assertThatExceptionOfType(StoreException.Busy.class)
                        .isThrownBy(second::value)
                        .withMessageContaining("cursors hold");
            }
            assertThat(second.value().mismatch(Fixtures.pattern(largest - 2))).isEqualTo(-1);
        }
    }

    @Test
    void cursorThatMetDamageFailsAgainHoweverOftenItIsMovedOn() throws IOException {
        write(batch -> {
            for (int i = 0; i < 500; i++) {
                batch.put(Fixtures.SPACE, -2, i, Fixtures.pattern(1_000));
            }
        });
        database.flush();
        damageLargestTable();
        for (Order order : Order.values()) {
            try (Cursor cursor = cursor(-2, order)) {
                assertThatExceptionOfType(StoreException.Corrupt.class)
                        .isThrownBy(() -> {
                            while (cursor.next()) {
                                assertThat(cursor.value().mismatch(Fixtures.pattern(1_000)))
                                        .isEqualTo(-1);
                            }
                        });
                for (int i = 0; i < 3; i++) {
                    assertThatThrownBy(cursor::next).isInstanceOf(StoreException.Corrupt.class);
                    assertThatThrownBy(cursor::value).isInstanceOf(StoreException.Invalid.class);
                }
            }
        }
        assertThat(walks.size()).isZero();
    }

    private void damageLargestTable() throws IOException {
        Path largest;
        try (Stream<Path> files = Files.list(root.resolve("store/rocksdb"))) {
            largest =
                    files.filter(file -> file.toString().endsWith(".sst"))
                            .max(Comparator.comparingLong(file -> file.toFile().length()))
                            .orElseThrow();
        }
        try (RandomAccessFile file = new RandomAccessFile(largest.toFile(), "rw")) {
            file.seek(file.length() / 2);
            int found = file.read();
            file.seek(file.length() / 2);
            file.write(~found);
        }
    }
}
