package cordwood.lsm.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.lsm.format.FormatPage;
import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.RunLength;
import cordwood.lsm.wal.RecordedSegment;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The format of the manifest, and the page that describes it. */
final class ManifestFormatTest {

    private static final List<Edit> EXAMPLE =
            List.of(
                    new Edit.AddTable(
                            new TableEntry(16, RecordKind.RECORDS, RunLength.SHORT, 8192, 7)),
                    new Edit.Flushed(7));

    private static final List<Edit> EACH =
            List.of(
                    new Edit.AddTable(
                            new TableEntry(1, RecordKind.ATTRIBUTES, RunLength.SHORT, 2, 3)),
                    new Edit.AddTable(new TableEntry(18, RecordKind.RECORDS, RunLength.LONG, 2, 3)),
                    new Edit.DropTable(4),
                    new Edit.AddSegment(5, RecordedSegment.UNKNOWN),
                    new Edit.AddSegment(13, 14),
                    new Edit.BeginSegment(15, 16),
                    new Edit.Synced(17),
                    new Edit.SettleSegment(6, 7, 8),
                    new Edit.DropSegment(9),
                    new Edit.Flushed(10),
                    new Edit.Numbered(11),
                    new Edit.LogStart(12));

    private final FormatPage page = FormatPage.read("manifest");

    @Test
    void pageAndCodeAgree() {
        assertThat(page.fields("Header")).isEqualTo(ManifestDescriptor.HEADER.fields());
        assertThat(page.fields("Frame head")).isEqualTo(ManifestDescriptor.FRAME.fields());
        assertThat(page.limits())
                .isEqualTo(
                        Map.of(
                                "PAGE_BYTES", (long) ManifestDescriptor.PAGE_BYTES,
                                "FRAMES_AT", (long) ManifestDescriptor.FRAMES_AT,
                                "FRAME_BYTES", (long) ManifestDescriptor.FRAME_BYTES,
                                "FILE_BYTES_MIN", (long) ManifestDescriptor.FILE_BYTES_MIN));
        assertThat(page.kinds("Edits"))
                .isEqualTo(
                        Map.ofEntries(
                                Map.entry(ManifestDescriptor.ADD_TABLE, "add table"),
                                Map.entry(ManifestDescriptor.DROP_TABLE, "drop table"),
                                Map.entry(
                                        ManifestDescriptor.ADD_UNSIZED_SEGMENT,
                                        "add segment of version 1"),
                                Map.entry(ManifestDescriptor.SETTLE_SEGMENT, "settle segment"),
                                Map.entry(ManifestDescriptor.DROP_SEGMENT, "drop segment"),
                                Map.entry(ManifestDescriptor.FLUSHED, "flushed"),
                                Map.entry(ManifestDescriptor.NUMBERED, "numbered"),
                                Map.entry(ManifestDescriptor.LOG_START, "log start"),
                                Map.entry(ManifestDescriptor.ADD_SEGMENT, "add segment"),
                                Map.entry(ManifestDescriptor.BEGIN_SEGMENT, "begin segment"),
                                Map.entry(ManifestDescriptor.SYNCED, "synced"),
                                Map.entry(
                                        ManifestDescriptor.ADD_TABLE_OF_LONG_RUNS,
                                        "add table of long runs")));
        assertThat(page.lineCount()).isLessThanOrEqualTo(120);
    }

    @Test
    void theExampleIsWhatIsWritten() {
        byte[] example = page.example();
        byte[] frame = write(EXAMPLE);
        assertThat(example).isEqualTo(Arrays.copyOf(frame, example.length));
        assertThat(ManifestDescriptor.edits(MemorySegment.ofArray(example), 0)).isEqualTo(EXAMPLE);
    }

    @Test
    void everyEditReadsBack() {
        assertThat(ManifestDescriptor.edits(MemorySegment.ofArray(write(EACH)), 0)).isEqualTo(EACH);
    }

    @Test
    void everyFlippedBitOfAFrameIsNoticed() {
        byte[] frame = write(EXAMPLE);
        for (int bit = 0; bit < page.example().length * 8; bit++) {
            byte[] damaged = frame.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(ManifestDescriptor.isFrame(MemorySegment.ofArray(damaged), 0, 2))
                    .as("bit " + bit)
                    .isFalse();
        }
    }

    private static byte[] write(List<Edit> edits) {
        byte[] frame = new byte[(int) ManifestDescriptor.frameBytes(edits)];
        ManifestDescriptor.writeFrame(MemorySegment.ofArray(frame), 2, 1, edits);
        return frame;
    }
}
