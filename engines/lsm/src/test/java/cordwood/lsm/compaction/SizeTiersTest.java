package cordwood.lsm.compaction;

import static cordwood.lsm.compaction.SizeTiers.ROWS_MERGED_MIN;
import static org.assertj.core.api.Assertions.assertThat;

import cordwood.lsm.compaction.SizeTiers.Window;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Which rows are merged, by their sizes alone. */
@ExtendWith(SeedExtension.class)
final class SizeTiersTest {

    private static final int ROWS_MAX = 96;
    private static final int ROWS_MAX_QUIET = 7;

    /** Sizes of rows, newest first; merging as long as there is something to merge. */
    private static long merge(List<Long> rows, int rowsMax) {
        long written = 0;
        while (true) {
            long[] bytes = rows.stream().mapToLong(Long::longValue).toArray();
            Window window = SizeTiers.choose(bytes, rowsMax, Long.MAX_VALUE);
            if (window == null) {
                return written;
            }
            List<Long> merged = rows.subList(window.from(), window.to());
            assertThat(merged).hasSizeGreaterThan(1);
            long sum = merged.stream().mapToLong(Long::longValue).sum();
            merged.clear();
            rows.add(window.from(), sum);
            written += sum;
        }
    }

    @Test
    void whatIsWrittenInRowsOfOneSizeIsWrittenAgainLittle() {
        List<Long> rows = new ArrayList<>();
        long written = 0;
        int flushes = 512;
        for (int i = 0; i < flushes; i++) {
            rows.addFirst(1L);
            written += merge(rows, ROWS_MAX);
        }
        assertThat(rows).hasSizeLessThan(2 * ROWS_MERGED_MIN);
        written += merge(rows, ROWS_MAX_QUIET);
        assertThat(rows).hasSizeLessThanOrEqualTo(ROWS_MAX_QUIET);
        assertThat((double) written / flushes).isLessThan(1.8);
    }

    @Test
    void rowsOfAnySizesStayFewAndGrowInOrder(Seed seed) {
        SplittableRandom random = seed.random();
        List<Long> rows = new ArrayList<>();
        long bytes = 0;
        for (int i = 0; i < 5_000; i++) {
            long fresh = 1 + (1L << random.nextInt(20));
            rows.addFirst(fresh);
            bytes += fresh;
            merge(rows, random.nextInt(50) == 0 ? ROWS_MAX_QUIET : ROWS_MAX);
            assertThat(rows).hasSizeLessThanOrEqualTo(ROWS_MAX);
            assertThat(rows.stream().mapToLong(Long::longValue).sum()).isEqualTo(bytes);
        }
    }

    @Test
    void ofRowsThatAreTooManyTheSmallestNeighboursAreMerged() {
        long[] rowBytes = {9, 9, 1, 2, 1, 9, 9, 9};
        assertThat(SizeTiers.choose(rowBytes, 6, Long.MAX_VALUE)).isEqualTo(new Window(2, 5));
        assertThat(SizeTiers.choose(rowBytes, rowBytes.length, Long.MAX_VALUE)).isNull();
    }

    @Test
    void alikeRowsBehindLargerOnesAreMergedToo() {
        long[] rowBytes = new long[ROWS_MERGED_MIN + 3];
        Arrays.fill(rowBytes, 10);
        rowBytes[0] = 1_000;
        assertThat(SizeTiers.choose(rowBytes, ROWS_MAX, Long.MAX_VALUE))
                .isEqualTo(new Window(1, rowBytes.length));
    }

    @Test
    void whereThereIsLittleRoomFewerRowsAreMergedAtOnce() {
        long[] rowBytes = new long[2 * ROWS_MERGED_MIN];
        Arrays.fill(rowBytes, 10);
        assertThat(SizeTiers.choose(rowBytes, ROWS_MAX_QUIET, 50)).isEqualTo(new Window(0, 5));
        assertThat(SizeTiers.choose(rowBytes, ROWS_MAX_QUIET, 20)).isEqualTo(new Window(0, 2));
        assertThat(SizeTiers.choose(rowBytes, ROWS_MAX_QUIET, 19))
                .as("what cannot be done now is still to be done")
                .isEqualTo(new Window(0, 2));
        assertThat(SizeTiers.choose(rowBytes, rowBytes.length, 50)).isNull();
    }
}
