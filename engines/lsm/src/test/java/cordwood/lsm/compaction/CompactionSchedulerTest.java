package cordwood.lsm.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.lsm.flush.MergeOfPlacesTest;
import cordwood.lsm.flush.TableFixture;
import cordwood.lsm.flush.TableFixture.Content;
import cordwood.lsm.flush.TrimHold;
import cordwood.lsm.format.Closing;
import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.RunLength;
import cordwood.lsm.format.Shortages;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.memtable.Memtable;
import cordwood.lsm.read.Merge;
import cordwood.lsm.read.Version;
import cordwood.lsm.read.Versions;
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

/** Whatever is merged and dropped, the tables show the same records. */
@ExtendWith(SeedExtension.class)
final class CompactionSchedulerTest {

    private static final int STORES = Boolean.getBoolean("cordwood.long") ? 500 : 15;
    private static final int ROWS = 25;
    private static final int ATTRIBUTE_IDS = 40;
    private static final int ATTRIBUTE_ROWS_MAX = 4;
    private static final int SHORT_ROWS_MAX = 7;

    private final Content model = new Content();
    private final Shortages shortages = new Shortages();
    private long sequence;

    @Test
    void mergesChangeNothingThatIsSeen(Seed seed) {
        SplittableRandom random = seed.random();
        for (int i = 0; i < STORES; i++) {
            model.clear();
            sequence = 0;
            try (TableFixture fixture = new TableFixture()) {
                Versions versions =
                        new Versions(
                                new Version(fixture.memtable(), List.of(), List.of(), List.of()));
                CompactionScheduler compaction =
                        new CompactionScheduler(
                                new CompactionScheduler.Parts(
                                        versions,
                                        fixture.tables,
                                        new TrimHold(),
                                        shortages,
                                        DiskRoom.unlimited(),
                                        fixture.room,
                                        _ -> {}));
                for (int row = 0; row < ROWS; row++) {
                    addRow(fixture, versions, random);
                    step(compaction, versions, random);
                    requireSame(versions.current());
                }
                compaction.compactAll();
                requireSame(versions.current());
                assertThat(rows(versions.current().records())).isEqualTo(1);
                assertThat(rows(versions.current().attributes())).isEqualTo(1);
                Closing.all(versions.current().allTables(), Table::close);
            }
        }
    }

    /** A memtable of both kinds, sealed and flushed. */
    private void addRow(TableFixture fixture, Versions versions, SplittableRandom random) {
        sequence++;
        Content content = MergeOfPlacesTest.content(random);
        for (int i = random.nextInt(1, 10); i > 0; i--) {
            byte[] value = Bytes.array(Bytes.random(random.nextLong(), random.nextInt(60)));
            content.put(
                    new StreamKey(RecordKind.ATTRIBUTES, 1, random.nextInt(3)),
                    random.nextInt(ATTRIBUTE_IDS),
                    value);
        }
        Memtable filled = versions.current().active();
        fixture.apply(filled, content, sequence, random);
        model.overwriteWith(content);
        versions.seal(fixture.memtable());
        addRecords(fixture, versions, of(RecordKind.RECORDS, content), random);
        versions.flushed(
                filled,
                fixture.row(
                        RecordKind.ATTRIBUTES,
                        of(RecordKind.ATTRIBUTES, content),
                        sequence,
                        random),
                filled::release);
    }

    /** Some streams in tables that are taken to have long runs: they are merged apart. */
    private void addRecords(
            TableFixture fixture, Versions versions, Content records, SplittableRandom random) {
        Content longRuns = new Content();
        Content shortRuns = new Content();
        records.forEach((key, run) -> (random.nextBoolean() ? longRuns : shortRuns).put(key, run));
        List<Table> tables =
                new ArrayList<>(
                        fixture.row(
                                RecordKind.RECORDS, RunLength.LONG, longRuns, sequence, random));
        tables.addAll(
                fixture.row(RecordKind.RECORDS, RunLength.SHORT, shortRuns, sequence, random));
        versions.replace(List.of(), tables, () -> {});
    }

    private static Content of(RecordKind kind, Content content) {
        Content part = new Content();
        content.forEach((key, records) -> {
            if (key.kind() == kind) {
                part.put(key, records);
            }
        });
        return part;
    }

    private void step(CompactionScheduler compaction, Versions versions, SplittableRandom random) {
        switch (random.nextInt(4)) {
            case 0 -> {
                while (compaction.run()) {
                    // until there is nothing to do
                }
                assertThat(rows(versions.current().attributes()))
                        .isLessThanOrEqualTo(ATTRIBUTE_ROWS_MAX);
                assertThat(rows(shortRuns(versions))).isLessThanOrEqualTo(SHORT_ROWS_MAX);
            }
            case 1 -> compaction.run();
            case 2 -> {
                if (random.nextInt(4) == 0) {
                    compaction.compactAll();
                }
            }
            default -> compaction.trimmed();
        }
        assertThat(shortages.of(Shortages.Of.MERGES)).isNull();
    }

    private static List<Table> shortRuns(Versions versions) {
        return versions.current().records().stream()
                .filter(table -> table.runs() == RunLength.SHORT)
                .toList();
    }

    private static long rows(List<Table> tables) {
        return tables.stream().mapToLong(Table::lastSequence).distinct().count();
    }

    private void requireSame(Version version) {
        Merge merge = new Merge();
        model.keySet()
                .forEach(key -> {
                    merge.release();
                    version.tables(key.kind()).forEach(table -> merge.add(table, key));
                    SortedMap<Long, byte[]> records = model.getOrDefault(key, new TreeMap<>());
                    assertThat(TableFixture.read(merge, Long.MIN_VALUE, true, Integer.MAX_VALUE))
                            .isEqualTo(
                                    TableFixture.expected(
                                            records, Long.MIN_VALUE, true, Integer.MAX_VALUE));
                });
        merge.release();
    }
}
