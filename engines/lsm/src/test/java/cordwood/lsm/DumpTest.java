package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.files.Disk;
import cordwood.lsm.inspect.DumpOptions;
import cordwood.lsm.inspect.LsmInspection;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.testkit.Bytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a dump shows of whole files, of damaged ones, and of what is no file of ours. */
final class DumpTest {

    private static final DumpOptions RECORDS = new DumpOptions(true, Long.MAX_VALUE);

    private final Disk disk = Disk.real();
    private final List<String> lines = new ArrayList<>();

    @TempDir private Path directory;
    private Path store;

    @BeforeEach
    void write() {
        store = directory.resolve("store");
        SampleStore.write(disk, store);
    }

    private List<StoreException.Corrupt> dump(Path target, DumpOptions options) {
        lines.clear();
        return new LsmInspection(StoreOptions.MEMORY_BUDGET_BYTES_MIN, () -> false)
                .dump(target, options, lines::add);
    }

    private Path table() {
        return Damage.files(disk, store, ".table").getFirst();
    }

    private Path begunSegment() {
        for (Path segment : Damage.files(disk, store, ".wal")) {
            dump(segment, DumpOptions.OUTLINE);
            if (lines.stream().anyMatch(line -> line.contains(" frame "))) {
                return segment;
            }
        }
        throw new AssertionError("no segment was begun");
    }

    @Test
    void everyFileOfAStoreIsShown() {
        var before = Damage.image(disk, store);

        assertThat(dump(store, DumpOptions.OUTLINE)).isEmpty();

        List<String> heads = lines.stream().filter(line -> !line.startsWith(" ")).toList();
        assertThat(heads)
                .hasSameSizeAs(before.keySet())
                .first()
                .isEqualTo(store.resolve("MANIFEST") + ": manifest, 262144 bytes");
        assertThat(lines)
                .anyMatch(line -> line.matches("  @0 header magic=CORD kind=3 version=3 .*"))
                .anyMatch(line -> line.contains("AddTable[table=TableEntry[number="))
                .anyMatch(line -> line.startsWith("  footer magic=CWTF version=2 table="))
                .anyMatch(line -> line.matches("  page first_tag=\\d+ .*"))
                .anyMatch(line -> line.matches("    block first_tag=\\d+ .*"))
                .anyMatch(line -> line.matches("      lz4 head checksum=[0-9a-f]+ kind=1 .*"))
                .anyMatch(line -> line.startsWith("  @4096 frame magic=CWFR kind=1 body_bytes="))
                .anyMatch(line -> line.equals("  prepared, not begun"))
                .noneMatch(line -> line.contains("position=-50 bytes"));
        assertThat(Damage.image(disk, store)).isEqualTo(before);
    }

    @Test
    void recordsAreShownWithTheirFirstBytes() {
        assertThat(dump(store, RECORDS)).isEmpty();

        long records =
                SampleStore.expected().keySet().stream().filter(k -> k.startsWith("1/")).count();
        assertThat(
                        lines.stream()
                                .filter(line -> line.startsWith("      space=3 stream=1 "))
                                .distinct())
                .hasSize((int) records);
        String round = HexFormat.of().formatHex(Bytes.array(Bytes.of("round 4")));
        assertThat(lines)
                .contains("      space=3 stream=1 attribute=4 bytes=7 " + round)
                .anyMatch(line -> line.matches("      space=3 stream=2 trimmed_to=\\d+ bytes=8 .*"))
                .anyMatch(line ->
                        line.matches(
                                "      space=3 stream=-1 position=-50 bytes=\\d+ [0-9a-f]*…?"));
    }

    @Test
    void aFileIsShownByItselfAndUnderAnotherName() {
        assertThat(dump(table(), RECORDS)).isEmpty();
        List<String> inStore = lines.subList(1, lines.size()).stream().toList();
        Path elsewhere = directory.resolve("some-table");
        Damage.copy(disk, table(), elsewhere);

        assertThat(dump(elsewhere, RECORDS)).isEmpty();

        assertThat(lines.subList(1, lines.size())).isEqualTo(inStore);
    }

    @Test
    void theLimitIsKeptAndSaid() {
        assertThat(dump(table(), new DumpOptions(true, 3))).isEmpty();

        assertThat(lines).hasSize(5).last().isEqualTo("  … more");
    }

    @Test
    void whatIsBeforeTheDamageIsShownAndTheDamageReturned() {
        Path table = table();
        dump(table, RECORDS);
        int whole = lines.size();
        Damage.flip(disk, table, 8L * (disk.openReadOnly(table).sizeBytes() / 2));

        List<StoreException.Corrupt> damages = dump(table, RECORDS);

        assertThat(damages)
                .singleElement()
                .satisfies(damage -> assertThat(damage.file()).isEqualTo(table))
                .satisfies(damage -> assertThat(damage.offsetBytes()).isPositive());
        assertThat(lines).hasSizeBetween(5, whole - 1);
    }

    @Test
    void aSegmentWithoutItsHeaderIsDamagedAndItsBatchesShown() {
        Path segment = begunSegment();
        dump(segment, RECORDS);
        int whole = lines.size();
        Damage.flip(disk, segment, 8 * 40);

        assertThat(dump(segment, RECORDS))
                .singleElement()
                .satisfies(damage -> assertThat(damage.offsetBytes()).isZero());

        assertThat(lines).hasSize(whole - 2);
    }

    @Test
    void oneDamagedFileDoesNotHideTheOthers() {
        dump(store, DumpOptions.OUTLINE);
        long heads = lines.stream().filter(line -> !line.startsWith(" ")).count();
        Damage.flip(disk, Damage.manifest(store), 8 * 20);
        Damage.flip(disk, table(), 8 * 20);

        assertThat(dump(store, DumpOptions.OUTLINE))
                .extracting(StoreException.Corrupt::file)
                .containsExactly(Damage.manifest(store), table());

        assertThat(lines.stream().filter(line -> !line.startsWith(" "))).hasSize((int) heads);
    }

    @Test
    void whatIsNoFileOfAStoreIsRefused() throws Exception {
        Path text =
                Files.writeString(
                        directory.resolve("text"), "some text that is long enough for a header");
        Path empty = Files.writeString(directory.resolve("empty"), "");
        for (Path none : List.of(text, empty, directory, directory.resolve("missing"))) {
            assertThatThrownBy(() -> dump(none, DumpOptions.OUTLINE))
                    .isInstanceOf(StoreException.Invalid.class)
                    .hasMessageContaining(none.toString());
            assertThat(lines).isEmpty();
        }
    }

    @Test
    void anOpenStoreIsRefused() {
        try (LsmStore open = SampleStore.open(disk, store)) {
            for (Path target : List.of(store, table())) {
                assertThatThrownBy(() -> dump(target, DumpOptions.OUTLINE))
                        .isInstanceOf(StoreException.Busy.class);
            }
            assertThat(SampleStore.content(open)).isEqualTo(SampleStore.expected());
        }
    }
}
