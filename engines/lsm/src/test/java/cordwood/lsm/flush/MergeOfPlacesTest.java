package cordwood.lsm.flush;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.lsm.flush.TableFixture.Content;
import cordwood.lsm.format.Closing;
import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.memtable.Memtable;
import cordwood.lsm.read.Merge;
import cordwood.lsm.table.Table;
import cordwood.testkit.Bytes;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Merges over memtables and tables of every age, against a sorted map. */
@ExtendWith(SeedExtension.class)
public final class MergeOfPlacesTest {

    private static final int STORES = Boolean.getBoolean("cordwood.long") ? 2_000 : 60;
    private static final int PLACES_MAX = 14;
    private static final int STREAMS = 3;
    private static final int READS = 30;
    private static final int STEP = 90; // from the positions of one place to those of the next

    /** One place: a memtable, or a row of tables. */
    private record Place(List<Memtable> memtables, List<Table> tables) {
        void addTo(Merge merge, StreamKey key) {
            memtables.forEach(memtable -> merge.add(memtable, key, memtable.visible()));
            tables.forEach(table -> merge.add(table, key));
        }
    }

    private final Content model = new Content();
    private final List<Place> newestFirst = new ArrayList<>();

    static StreamKey key(int stream) {
        return new StreamKey(RecordKind.RECORDS, 1 + stream % 2, stream);
    }

    /** Positions close together, so that places overlap, and the ends of what there can be. */
    static long position(SplittableRandom random) {
        return switch (random.nextInt(40)) {
            case 0 -> Long.MIN_VALUE + random.nextInt(2);
            case 1 -> Long.MAX_VALUE - random.nextInt(2);
            default -> random.nextInt(-20, 120);
        };
    }

    public static Content content(SplittableRandom random) {
        return content(random, 0);
    }

    private static Content content(SplittableRandom random, long shift) {
        Content content = new Content();
        for (int i = random.nextInt(1, 80); i > 0; i--) {
            byte[] value = Bytes.array(Bytes.random(random.nextLong(), random.nextInt(120)));
            content.put(key(random.nextInt(STREAMS)), shifted(position(random), shift), value);
        }
        return content;
    }

    private static long shifted(long position, long shift) {
        return Math.abs(position / 2) < Long.MAX_VALUE / 4 ? position + shift : position;
    }

    private void addPlace(TableFixture fixture, long age, long shift, SplittableRandom random) {
        List<Memtable> memtables = new ArrayList<>();
        List<Table> tables = new ArrayList<>();
        if (random.nextBoolean()) {
            Memtable memtable = fixture.memtable();
            for (int batch = random.nextInt(1, 6); batch > 0; batch--) {
                Content content = content(random, shift);
                fixture.apply(memtable, content, age, random);
                model.overwriteWith(content);
            }
            memtables.add(memtable);
        } else {
            Content content = content(random, shift);
            tables.addAll(fixture.row(RecordKind.RECORDS, content, age, random));
            model.overwriteWith(content);
        }
        newestFirst.addFirst(new Place(memtables, tables));
    }

    @Test
    void theNewestOfEveryPositionIsSeenInBothDirections(Seed seed) {
        SplittableRandom random = seed.random();
        Merge merge = new Merge();
        for (int i = 0; i < STORES; i++) {
            model.clear();
            newestFirst.clear();
            int step = random.nextInt(2) * STEP;
            try (TableFixture fixture = new TableFixture()) {
                for (int age = random.nextInt(1, PLACES_MAX); age > 0; age--) {
                    long shift = (long) step * newestFirst.size();
                    addPlace(fixture, newestFirst.size() + 1L, shift, random);
                }
                for (int read = 0; read < READS; read++) {
                    requireSame(merge, step * newestFirst.size(), random);
                }
                merge.release();
                newestFirst.forEach(place -> Closing.all(place.tables, Table::close));
            }
        }
    }

    private void requireSame(Merge merge, int spread, SplittableRandom random) {
        StreamKey key = key(random.nextInt(STREAMS));
        long one = shifted(position(random), random.nextInt(spread + 1));
        long other = shifted(position(random), random.nextInt(spread + 1));
        boolean isBounded = random.nextBoolean();
        long low = isBounded ? Math.min(one, other) : Long.MIN_VALUE;
        long high = isBounded ? Math.max(one, other) : Long.MAX_VALUE;
        merge.release();
        merge.within(low, high);
        newestFirst.forEach(place -> place.addTo(merge, key));
        SortedMap<Long, byte[]> records =
                within(low, high, model.getOrDefault(key, new TreeMap<>()));
        for (int again = random.nextInt(3); again >= 0; again--) {
            long from = shifted(position(random), random.nextInt(spread + 1));
            from = Math.clamp(from, low, high);
            boolean rising = random.nextBoolean();
            int recordsMax = random.nextBoolean() ? Integer.MAX_VALUE : random.nextInt(5);
            assertThat(TableFixture.read(merge, from, rising, recordsMax))
                    .isEqualTo(TableFixture.expected(records, from, rising, recordsMax));
        }
    }

    private static SortedMap<Long, byte[]> within(
            long low, long high, SortedMap<Long, byte[]> records) {
        return new TreeMap<>(records).subMap(low, true, high, true);
    }
}
