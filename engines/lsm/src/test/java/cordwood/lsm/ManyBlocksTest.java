package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cordwood.lsm.format.FileNames;
import cordwood.lsm.manifest.ManifestState;
import cordwood.lsm.manifest.TableEntry;
import cordwood.store.Metric;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.FailingDisk;
import cordwood.testkit.disk.Fault;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** A merge of more blocks than the directory of one table can name. */
final class ManyBlocksTest {

    /** Each has a block of its own; the directory of a table names 585 × 585. */
    private static final int STREAMS = 343_000;

    private static final int BATCH_STREAMS = 1_000;
    private static final Path DIRECTORY = Path.of("/disk/store").toAbsolutePath();
    private static final MemorySegment VALUE = MemorySegment.ofArray(new byte[240]);

    private final Set<String> tablesBegun = ConcurrentHashMap.newKeySet();
    private final CrashingDisk files = new CrashingDisk(1);
    private final FailingDisk disk = new FailingDisk(files, noRoomForTheSecondTable());

    private Fault noRoomForTheSecondTable() {
        return Fault.from(Fault.Kind.NO_SPACE, 1)
                .only(call -> {
                    String name = call.fileName();
                    return name.endsWith(".table.tmp")
                            && tablesBegun.add(name)
                            && tablesBegun.size() > 1;
                });
    }

    private StoreUnderTest open() {
        StoreOptions options =
                Fixtures.options(
                        DIRECTORY, StoreOptions.MEMORY_BUDGET_BYTES_DEFAULT, "block-size", "1KiB");
        return new StoreUnderTest(() -> LsmStore.open(options, LsmEnvironment.on(disk)));
    }

    private static void fill(StoreUnderTest store) {
        for (int from = 0; from < STREAMS; from += BATCH_STREAMS) {
            int first = from;
            store.write(batch -> {
                for (int stream = first; stream < first + BATCH_STREAMS; stream++) {
                    batch.put(StoreUnderTest.SPACE, stream, 1, VALUE);
                }
            });
        }
    }

    private List<String> tableFiles() {
        return files.list(DIRECTORY).stream()
                .map(path -> path.getFileName().toString())
                .filter(name -> name.contains(".table"))
                .toList();
    }

    private List<String> tablesOnRecord() {
        return Fixtures.onRecord(files, DIRECTORY, ManifestState::tables).stream()
                .map(TableEntry::number)
                .map(FileNames::table)
                .sorted()
                .toList();
    }

    @Test
    void aMergeOfMoreBlocksThanATableNamesWritesSeveralTables() {
        assumeTrue(FaultOpener.LONG, "it takes half a minute; TablesWriterTest has fewer blocks");
        disk.disarm();
        try (StoreUnderTest store = open()) {
            fill(store);
            LsmStore lsm = (LsmStore) store.store();
            lsm.flush();
            List<String> before = tableFiles();

            disk.arm();
            assertThatThrownBy(lsm::compact).isInstanceOf(StoreException.Full.class);
            assertThat(tablesBegun).hasSize(2);
            assertThat(tableFiles()).isEqualTo(before);

            disk.disarm();
            lsm.compact();
            List<String> merged = tableFiles();
            assertThat(merged).hasSize(2).doesNotContainAnyElementsOf(before);
            lsm.compact();
            assertThat(tableFiles()).isEqualTo(merged);

            store.put(8, 2, "goes on");
            for (long stream : new long[] {0, STREAMS / 2, STREAMS - 1}) {
                assertThat(store.positions(stream)).containsExactly(1L);
            }
            lsm = (LsmStore) store.reopen();
            lsm.compact();
            assertThat(lsm.metrics().value(Metric.TABLES)).isEqualTo(2);
            assertThat(store.positions(8)).containsExactly(1L, 2L);
        }
        assertThat(tableFiles()).isEqualTo(tablesOnRecord());
    }
}
