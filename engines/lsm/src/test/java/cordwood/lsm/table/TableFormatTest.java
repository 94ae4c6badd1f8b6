package cordwood.lsm.table;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.lsm.codec.Codec;
import cordwood.lsm.format.FormatPage;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The format of tables, and the page that describes it. */
final class TableFormatTest {

    private static final TableFooter EXAMPLE = new TableFooter(2, 16, 7, 2, 38, 1, 222, 56);

    private final FormatPage page = FormatPage.read("table");

    @Test
    void pageAndCodeAgree() {
        assertThat(page.fields("Header")).isEqualTo(TableDescriptor.HEADER.fields());
        assertThat(page.fields("Block head")).isEqualTo(TableDescriptor.BLOCK.fields());
        assertThat(page.fields("Directory entry")).isEqualTo(TableDescriptor.ENTRY.fields());
        assertThat(page.fields("Footer")).isEqualTo(TableDescriptor.FOOTER.fields());
        assertThat(page.kinds("Codecs"))
                .isEqualTo(
                        Stream.of(Codec.values())
                                .collect(Collectors.toMap(Codec::id, Codec::text)));
        assertThat(page.limits())
                .isEqualTo(
                        Map.of(
                                "BLOCKS_AT", (long) TableDescriptor.BLOCKS_AT,
                                "BLOCK_BYTES", (long) TableDescriptor.BLOCK_BYTES,
                                "ENTRY_BYTES", (long) TableDescriptor.ENTRY_BYTES,
                                "FOOTER_BYTES", (long) TableDescriptor.FOOTER_BYTES));
        assertThat(page.lineCount()).isLessThanOrEqualTo(120);
    }

    @Test
    void theExampleIsWhatIsWritten() {
        byte[] footer = new byte[TableDescriptor.FOOTER_BYTES];
        TableDescriptor.writeFooter(MemorySegment.ofArray(footer), 0, EXAMPLE);
        assertThat(page.example()).isEqualTo(footer);
        assertThat(TableDescriptor.footer(MemorySegment.ofArray(page.example()), 0))
                .isEqualTo(EXAMPLE);
    }

    @Test
    void everyFlippedBitOfAFooterIsNoticed() {
        byte[] example = page.example();
        for (int bit = 0; bit < example.length * 8; bit++) {
            byte[] damaged = example.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(TableDescriptor.hasFooter(MemorySegment.ofArray(damaged), 0))
                    .as("bit " + bit)
                    .isFalse();
        }
    }
}
