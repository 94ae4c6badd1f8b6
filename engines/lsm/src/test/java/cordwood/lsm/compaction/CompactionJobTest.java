package cordwood.lsm.compaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.lsm.flush.Stopped;
import cordwood.lsm.flush.TableFixture;
import cordwood.lsm.flush.TrimHold;
import cordwood.lsm.flush.TrimPoints;
import cordwood.lsm.flush.TrimsDuringLooks;
import cordwood.lsm.format.Closing;
import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.RunLength;
import cordwood.lsm.format.Shortages;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.manifest.TableEntry;
import cordwood.lsm.memtable.Memtable;
import cordwood.lsm.read.Merge;
import cordwood.lsm.read.Version;
import cordwood.lsm.read.Versions;
import cordwood.lsm.table.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What one compaction writes, where a table may have few blocks. */
public final class CompactionJobTest {

    private static final int BLOCKS_MAX = 4;
    private static final int STREAMS = 50;
    private static final int VALUE_BYTES = 300;
    private static final int SPACE = 7;

    private final TableFixture fixture = new TableFixture(BLOCKS_MAX);
    private final SplittableRandom random = new SplittableRandom(1);

    /** For JUnit. */
    public CompactionJobTest() {}

    @AfterEach
    void close() {
        fixture.close();
    }

    /** A row with a record of each stream, put on record. */
    private List<Table> row(long lastSequence) {
        TableFixture.Content content = new TableFixture.Content();
        for (int stream = 0; stream < STREAMS; stream++) {
            content.put(
                    new StreamKey(RecordKind.RECORDS, SPACE, stream),
                    lastSequence,
                    new byte[VALUE_BYTES]);
        }
        return fixture.row(RecordKind.RECORDS, content, lastSequence, random);
    }

    private CompactionJob job(TrimPoints trimPoints, boolean stopping) {
        return new CompactionJob(
                fixture.tables,
                fixture.room.memory(),
                trimPoints,
                new Yielding(() -> true, System::nanoTime, _ -> {}),
                () -> stopping);
    }

    private Versions versions(Memtable active, List<Table> newestFirst) {
        return new Versions(new Version(active, List.of(), newestFirst, List.of()));
    }

    @Test
    void rowsAreMergedIntoOneWhichIsLeftAloneThen() {
        List<Table> newestFirst = new ArrayList<>();
        for (int age = 1; age <= 3; age++) {
            newestFirst.addAll(0, row(age));
        }
        Versions versions = versions(fixture.memtable(), newestFirst);
        CompactionScheduler compaction =
                new CompactionScheduler(
                        new CompactionScheduler.Parts(
                                versions,
                                fixture.tables,
                                new TrimHold(),
                                new Shortages(),
                                DiskRoom.unlimited(),
                                fixture.room,
                                _ -> {}));

        compaction.compactAll();

        List<Table> merged = versions.current().records();
        assertThat(merged).doesNotContainAnyElementsOf(newestFirst).hasSizeGreaterThan(1);
        assertThat(merged).allMatch(table -> table.lastSequence() == 3);
        assertThat(merged.stream().mapToLong(Table::recordCount).sum()).isEqualTo(3L * STREAMS);
        compaction.compactAll();
        assertThat(versions.current().records()).isEqualTo(merged);
        Closing.all(merged, Table::close);
    }

    @Test
    void ofEachRecordTheNewestIsKeptHoweverManyTablesAreWritten() {
        List<Table> inputs = new ArrayList<>();
        for (int age = 1; age <= 3; age++) {
            TableFixture.Content content = new TableFixture.Content();
            for (int stream = 0; stream < STREAMS; stream++) {
                content.put(key(stream), 1, valueOf(age));
            }
            inputs.addAll(0, fixture.row(RecordKind.RECORDS, content, age, random));
        }
        TrimPoints trimPoints =
                new TrimPoints(versions(fixture.memtable(), inputs), new TrimHold());

        List<Table> written = fixture.tables.record(job(trimPoints, false).run(inputs), List.of());

        assertThat(written).hasSizeGreaterThan(1);
        Merge merge = new Merge();
        SortedMap<Long, byte[]> newest = new TreeMap<>(Map.of(1L, valueOf(3)));
        for (int stream = 0; stream < STREAMS; stream++) {
            StreamKey key = key(stream);
            written.forEach(table -> merge.add(table, key));
            assertThat(TableFixture.read(merge, Long.MIN_VALUE, true, Integer.MAX_VALUE))
                    .as("the newest of stream %d", stream)
                    .isEqualTo(
                            TableFixture.expected(newest, Long.MIN_VALUE, true, Integer.MAX_VALUE));
            merge.release();
        }
        Closing.all(written, Table::close);
        Closing.all(inputs, Table::close);
    }

    private static StreamKey key(int stream) {
        return new StreamKey(RecordKind.RECORDS, SPACE, stream);
    }

    private static byte[] valueOf(int age) {
        byte[] value = new byte[VALUE_BYTES];
        Arrays.fill(value, (byte) age);
        return value;
    }

    @Test
    void whatIsTrimmedIsNotWrittenAndWritingEndsOnceTheStoreIsClosed() {
        List<Table> row = row(1);
        Memtable memtable = fixture.memtable();
        fixture.apply(memtable, TrimsDuringLooks.trims(STREAMS, 1), 2, random);
        TrimPoints trimPoints = new TrimPoints(versions(memtable, row), new TrimHold());
        assertThat(job(trimPoints, false).run(row)).isEmpty();
        assertThatThrownBy(() -> job(trimPoints, true).run(row)).isInstanceOf(Stopped.class);
        Closing.all(row, Table::close);
    }

    @Test
    void streamsThatHaveGrownToABlockAreWrittenApartFromTheOthers() {
        List<Table> inputs = new ArrayList<>(row(1));
        TableFixture.Content content = new TableFixture.Content();
        StreamKey grown = new StreamKey(RecordKind.RECORDS, SPACE, STREAMS / 2);
        for (int position = 10; position < 14; position++) {
            content.put(grown, position, new byte[VALUE_BYTES]);
        }
        inputs.addAll(0, fixture.row(RecordKind.RECORDS, content, 2, random));
        TrimPoints trimPoints =
                new TrimPoints(versions(fixture.memtable(), inputs), new TrimHold());

        List<TableEntry> entries = job(trimPoints, false).run(inputs);

        List<Table> written = fixture.tables.record(entries, List.of());
        assertThat(recordCount(written, RunLength.LONG)).isEqualTo(5);
        assertThat(recordCount(written, RunLength.SHORT)).isEqualTo(STREAMS - 1);
        assertThat(written)
                .filteredOn(table -> table.runs() == RunLength.LONG)
                .allMatch(table -> table.mayContain(grown.tag(), grown.stream()));
        Closing.all(written, Table::close);
        Closing.all(inputs, Table::close);
    }

    private static long recordCount(List<Table> tables, RunLength runs) {
        return tables.stream()
                .filter(table -> table.runs() == runs)
                .mapToLong(Table::recordCount)
                .sum();
    }
}
