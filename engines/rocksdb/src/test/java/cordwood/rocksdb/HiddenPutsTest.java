package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.store.Commit;
import cordwood.store.Durability;
import cordwood.store.GroupCommitter;
import cordwood.store.StoreLimits;
import cordwood.store.StoreOptions;
import cordwood.store.WriteBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Puts that a trim hides never reach the database, whichever way they come. */
class HiddenPutsTest {

    @TempDir private Path root;
    private OpenParts parts;
    private Database database;
    private GroupCommitter committer;

    @BeforeEach
    void open() {
        parts = OpenParts.at(root.resolve("store"), RocksOptions.of(StoreOptions.in(root)));
        database = parts.database();
        committer = parts.committer();
    }

    @AfterEach
    void close() {
        parts.close();
    }

    @SafeVarargs
    private void write(Consumer<WriteBatch>... fillers) {
        List<WriteBatch> batches = new ArrayList<>();
        for (Consumer<WriteBatch> filler : fillers) {
            WriteBatch batch = new RocksBatch(database, StoreLimits.LOCAL);
            filler.accept(batch);
            batches.add(batch);
        }
        List<Commit> commits = new ArrayList<>();
        for (WriteBatch batch : batches) {
            commits.add(committer.append(batch, Durability.WRITTEN));
        }
        commits.forEach(Commit::await);
        batches.forEach(WriteBatch::close);
    }

    private static void put(WriteBatch batch, long stream, long... positions) {
        for (long position : positions) {
            batch.put(Fixtures.SPACE, stream, position, Fixtures.pattern(10));
        }
    }

    /** What is in the database, hidden or not. */
    private List<Long> stored(long stream) {
        List<Long> positions = new ArrayList<>();
        byte[] lowest = Keys.streamStart(Fixtures.SPACE.id(), stream);
        byte[] above = Keys.streamEnd(Fixtures.SPACE.id(), stream);
        try (Walk walk = Walk.between(database, database.data(), lowest, above)) {
            for (boolean found = walk.seek(lowest); found; found = walk.next()) {
                positions.add(Keys.positionOf(walk.key()));
            }
        }
        return positions;
    }

    @Test
    void afterATrimInTheSameBatch() {
        write(batch -> {
            put(batch, 1, 1, 5, 9);
            batch.trim(Fixtures.SPACE, 1, 5);
            put(batch, 1, 2, 6);
        });
        assertThat(stored(1)).containsExactly(6L, 9L);
    }

    @Test
    void afterATrimInAnEarlierBatchOfAnyGroup() {
        write(
                batch -> put(batch, 1, 1, 5, 9),
                batch -> batch.trim(Fixtures.SPACE, 1, 5),
                batch -> {
                    put(batch, 1, 2, 5, 6);
                    put(batch, 2, 1);
                    batch.attribute(Fixtures.SPACE, 1, 7, Fixtures.bytes("kept"));
                    batch.trim(Fixtures.SPACE, 2, 0);
                },
                batch -> put(batch, 1, 3, 5));
        assertThat(stored(1)).containsExactly(6L, 9L);
        assertThat(stored(2)).containsExactly(1L);
        assertThat(database.metadata(Fixtures.SPACE.id(), 1, 7)).isNotNull();
        assertThat(database.trimmedTo(Fixtures.SPACE.id(), 2)).isZero();
    }

    @Test
    void afterATrimBeforeTheDatabaseWasOpened() {
        write(batch -> batch.trim(Fixtures.SPACE, 1, Long.MAX_VALUE));
        close();
        open();
        write(batch -> put(batch, 1, Long.MIN_VALUE, 0, Long.MAX_VALUE));
        assertThat(stored(1)).isEmpty();
    }

    @Test
    void whateverTheOrderOfTrimsAndPutsInABatch() {
        write(batch -> put(batch, 1, 1, 2, 3, 4, 5, 6, 7, 8));
        write(
                batch -> {
                    batch.trim(Fixtures.SPACE, 1, 2);
                    put(batch, 1, 2, 3, 4);
                    batch.trim(Fixtures.SPACE, 1, 4);
                    batch.trim(Fixtures.SPACE, 1, 3);
                    put(batch, 1, 4, 5);
                },
                batch -> batch.trim(Fixtures.SPACE, 1, 1),
                batch -> batch.trim(Fixtures.SPACE, 1, 6));
        assertThat(stored(1)).containsExactly(7L, 8L);
        assertThat(database.trimmedTo(Fixtures.SPACE.id(), 1)).isEqualTo(6);
    }

    @Test
    void notWhereTheTrimIsOfAnotherStreamOrLower() {
        write(batch -> {
            for (long stream = 0; stream < 100; stream++) {
                batch.trim(Fixtures.SPACE, stream, stream - 1);
            }
        });
        write(batch -> {
            for (long stream = 99; stream >= 0; stream--) {
                put(batch, stream, stream - 1, stream);
            }
        });
        for (long stream = 0; stream < 100; stream++) {
            assertThat(stored(stream)).containsExactly(stream);
        }
    }

    @Test
    void moreStreamsThanAreRemembered() {
        int streams = 20_000;
        write(batch -> {
            for (long stream = 0; stream < streams; stream++) {
                batch.trim(Fixtures.SPACE, stream, 10);
            }
        });
        for (int round = 0; round < 2; round++) {
            write(batch -> {
                for (long stream = 0; stream < streams; stream++) {
                    put(batch, stream, 10, 11);
                }
            });
        }
        for (long stream = 0; stream < streams; stream += 397) {
            assertThat(stored(stream)).containsExactly(11L);
        }
    }
}
