package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.store.Commit;
import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.GroupCommitter;
import cordwood.store.Order;
import cordwood.store.StoreLimits;
import cordwood.store.StoreOptions;
import cordwood.store.StreamCursor;
import cordwood.store.WriteBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A walk that gives up what it keeps alive at every step goes on where it was. */
class PinTest {

    private static final OpenWalks.Room PLENTY =
            new OpenWalks.Room() {
                @Override
                public boolean isShort() {
                    return false;
                }

                @Override
                public boolean isTakenByWalks() {
                    return false;
                }
            };

    /** In which every walk is too old at every step. */
    private final OpenWalks walks = new OpenWalks(10, -1, PLENTY);

    @TempDir private Path root;
    private OpenParts parts;
    private Database database;
    private GroupCommitter committer;

    @BeforeEach
    void open() {
        parts = OpenParts.at(root.resolve("store"), RocksOptions.of(StoreOptions.in(root)));
        database = parts.database();
        committer = parts.committer();
        write(batch -> {
            for (long stream : new long[] {Long.MIN_VALUE, 0, Long.MAX_VALUE}) {
                for (long position : new long[] {Long.MIN_VALUE, 1, 2, 3, Long.MAX_VALUE}) {
                    batch.put(Fixtures.SPACE, stream, position, Fixtures.pattern(10));
                }
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
            Commit commit = committer.append(batch, Durability.WRITTEN);
            commit.await();
        }
    }

    private Cursor cursor(long stream, long lowest, long highest, Order order) {
        return new RocksCursor(database, walks, Fixtures.SPACE, stream, lowest, highest, order);
    }

    private static List<Long> rest(Cursor cursor) {
        List<Long> positions = new ArrayList<>();
        while (cursor.next()) {
            positions.add(cursor.position());
            assertThat(cursor.value().byteSize()).isEqualTo(10);
        }
        assertThat(cursor.next()).isFalse();
        return positions;
    }

    @Test
    void everyRangeIsWalkedToItsEnd() {
        for (long stream : new long[] {Long.MIN_VALUE, 0, Long.MAX_VALUE}) {
            try (Cursor all = cursor(stream, Long.MIN_VALUE, Long.MAX_VALUE, Order.FORWARD);
                    Cursor back = cursor(stream, Long.MIN_VALUE, Long.MAX_VALUE, Order.BACKWARD);
                    Cursor some = cursor(stream, 2, 3, Order.FORWARD);
                    Cursor someBack = cursor(stream, 1, 2, Order.BACKWARD)) {
                assertThat(rest(all)).containsExactly(Long.MIN_VALUE, 1L, 2L, 3L, Long.MAX_VALUE);
                assertThat(rest(back)).containsExactly(Long.MAX_VALUE, 3L, 2L, 1L, Long.MIN_VALUE);
                assertThat(rest(some)).containsExactly(2L, 3L);
                assertThat(rest(someBack)).containsExactly(2L, 1L);
            }
        }
    }

    @Test
    void recordsTrimmedMeanwhileVanish() {
        try (Cursor forward = cursor(0, 1, 3, Order.FORWARD);
                Cursor backward = cursor(0, Long.MIN_VALUE, 3, Order.BACKWARD)) {
            assertThat(forward.next()).isTrue();
            assertThat(backward.next()).isTrue();
            write(batch -> batch.trim(Fixtures.SPACE, 0, 2));
            assertThat(rest(forward)).containsExactly(3L);
            assertThat(rest(backward)).isEmpty();
        }
    }

    @Test
    void streamsAreToldOnce() {
        List<Long> streams = new ArrayList<>();
        try (StreamCursor cursor = new RocksStreamCursor(database, walks, Fixtures.SPACE)) {
            while (cursor.next()) {
                streams.add(cursor.stream());
            }
        }
        assertThat(streams).containsExactly(Long.MIN_VALUE, 0L, Long.MAX_VALUE);
    }
}
