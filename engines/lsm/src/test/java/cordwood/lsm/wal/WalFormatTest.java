package cordwood.lsm.wal;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.lsm.format.Checksums;
import cordwood.lsm.format.FormatPage;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The format of segments, and the page that describes it. */
final class WalFormatTest {

    private final FormatPage page = FormatPage.read("wal-segment");

    @Test
    void pageAndCodeAgree() {
        assertThat(page.fields("Header")).isEqualTo(WalDescriptor.HEADER.fields());
        assertThat(page.fields("Frame head")).isEqualTo(WalDescriptor.FRAME.fields());
        assertThat(page.limits())
                .isEqualTo(
                        Map.of(
                                "PAGE_BYTES", (long) WalDescriptor.PAGE_BYTES,
                                "FRAMES_AT", (long) WalDescriptor.FRAMES_AT,
                                "FRAME_BYTES", (long) WalDescriptor.FRAME_BYTES,
                                "FRAME_ALIGNMENT_BYTES",
                                        (long) WalDescriptor.FRAME_ALIGNMENT_BYTES));
        assertThat(page.lineCount()).isLessThanOrEqualTo(120);
    }

    @Test
    void theExampleIsWhatIsWritten() {
        byte[] body = FormatPage.read("stretch").example();
        MemorySegment frame =
                MemorySegment.ofArray(new byte[(int) WalDescriptor.frameBytes(body.length)]);
        MemorySegment.copy(
                MemorySegment.ofArray(body), 0, frame, WalDescriptor.FRAME_BYTES, body.length);
        new FrameHead()
                .write(
                        frame.asByteBuffer(),
                        0,
                        body.length,
                        88,
                        3,
                        9,
                        4096,
                        Checksums.of(body, body.length));
        assertThat(page.example()).isEqualTo(frame.heapBase().orElseThrow());
        assertThat(WalDescriptor.isFrame(MemorySegment.ofArray(page.example()), 0, 3, 88)).isTrue();
    }

    @Test
    void everyFlippedBitOfAHeadIsNoticed() {
        byte[] example = page.example();
        for (int bit = 0; bit < WalDescriptor.FRAME_BYTES * 8; bit++) {
            byte[] damaged = example.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(WalDescriptor.isFrame(MemorySegment.ofArray(damaged), 0, 3, 88))
                    .as("bit " + bit)
                    .isFalse();
        }
    }

    @Test
    void aHeadIsNotBelievedInAnotherSegmentNorBeyondTheFile() {
        MemorySegment example = MemorySegment.ofArray(page.example());
        assertThat(WalDescriptor.isFrame(example, 0, 4, 88)).isFalse();
        assertThat(WalDescriptor.isFrame(example, 0, 3, 87)).isFalse();
    }
}
