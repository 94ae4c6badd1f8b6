package cordwood.lsm.flush;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.lsm.format.Closing;
import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.RunLength;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.manifest.TableEntry;
import cordwood.lsm.table.Table;
import cordwood.lsm.table.TableWriter;
import cordwood.lsm.table.Temperature;
import cordwood.store.StoreException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rows of tables, where a table may have few blocks. */
final class TablesWriterTest {

    private static final TableWriter.Content CONTENT =
            new TableWriter.Content(RecordKind.RECORDS, RunLength.SHORT, Temperature.WARM);
    private static final int BLOCKS_MAX = 4;
    private static final int STREAMS = 50;

    /** One record that is large enough for a block of its own. */
    private static final MemorySegment RECORD = record(600);

    private final TableFixture fixture = new TableFixture(BLOCKS_MAX);
    private final TableStore tables = fixture.tables;

    private static MemorySegment record(int valueBytes) {
        byte[] bytes = new byte[2 + valueBytes];
        bytes[0] = (byte) ((valueBytes & 0x7F) | 0x80);
        bytes[1] = (byte) (valueBytes >>> 7);
        return MemorySegment.ofArray(bytes);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private TablesWriter writer(long lastSequence) {
        return new TablesWriter(tables, CONTENT, fixture.room.memory(), lastSequence);
    }

    private static void fill(TablesWriter writer, long position) {
        for (int stream = 0; stream < STREAMS; stream++) {
            writer.add(
                    new StreamKey(RecordKind.RECORDS, 7, stream),
                    RECORD,
                    0,
                    (int) RECORD.byteSize(),
                    1,
                    position,
                    position);
        }
    }

    /** A row with a record of each stream, put on record. */
    private List<Table> row(long lastSequence) {
        try (TablesWriter writer = writer(lastSequence)) {
            fill(writer, lastSequence);
            return tables.record(writer.finish(), List.of());
        }
    }

    private static List<Long> streams(List<Table> row) {
        List<Long> streams = new ArrayList<>();
        for (Table table : row) {
            StreamKey key = table.nextKey(0, Long.MIN_VALUE, true);
            while (key != null) {
                streams.add(key.stream());
                key = table.nextKey(key.tag(), key.stream(), false);
            }
        }
        return streams;
    }

    private List<String> tableFiles() {
        return fixture.disk.list(TableFixture.DIRECTORY).stream()
                .map(path -> path.getFileName().toString())
                .filter(name -> name.contains(".table"))
                .toList();
    }

    @Test
    void anotherTableIsBegunWhenOneIsFull() {
        List<Table> row = row(1);

        assertThat(row).hasSizeGreaterThanOrEqualTo(STREAMS / BLOCKS_MAX);
        assertThat(streams(row)).isEqualTo(LongStream.range(0, STREAMS).boxed().toList());
        assertThat(row).allMatch(table -> table.recordCount() <= BLOCKS_MAX);
        Closing.all(row, Table::close);
    }

    @Test
    void aRowThatIsNotFinishedLeavesNoFile() {
        try (TablesWriter writer = writer(1)) {
            fill(writer, 1);
            assertThat(tableFiles()).hasSizeGreaterThanOrEqualTo(STREAMS / BLOCKS_MAX);
        }
        assertThat(tableFiles()).isEmpty();
    }

    @Test
    void aTableThatEndsWithAnotherSequenceIsNotTheOneOnRecord() {
        try (TablesWriter writer = writer(5)) {
            fill(writer, 5);
            TableEntry entry = writer.finish().getFirst();
            TableEntry other =
                    new TableEntry(
                            entry.number(), entry.kind(), entry.runs(), entry.sizeBytes(), 4);

            assertThatThrownBy(() -> tables.open(other))
                    .isInstanceOf(StoreException.Corrupt.class)
                    .hasMessageContaining("last sequence 4");
            tables.open(entry).close();
        }
    }

    @Test
    void whereTheSystemHasNoThreadToSpareTheOneThatWritesSyncs() {
        Executor none =
                _ -> {
                    throw new OutOfMemoryError("unable to create native thread");
                };
        try (TableFixture scarce = new TableFixture(100_000, none);
                TablesWriter writer =
                        new TablesWriter(scarce.tables, CONTENT, scarce.room.memory(), 1)) {
            StreamKey key = new StreamKey(RecordKind.RECORDS, 7, 1);
            int bytes = (int) RECORD.byteSize();
            for (int position = 0; position < 20_000; position++) {
                writer.add(key, RECORD, 0, bytes, 1, position, position);
            }
            List<TableEntry> entries = writer.finish();
            assertThat(entries).hasSize(1);
            assertThat(entries.getFirst().sizeBytes()).isGreaterThan(4 << 20);
        }
    }
}
