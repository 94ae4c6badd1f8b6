package cordwood.bench.alloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.bench.BenchException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CellSizesTest {

    @TempDir Path directory;

    @Test
    void aRangeIsDrawnEvenlyAndTheSameFromOneSeed() {
        int[] turns = CellSizes.parse("16-256", 7).turns(0, 0, 7);

        assertThat(Arrays.stream(turns).min()).hasValue(16);
        assertThat(Arrays.stream(turns).max()).hasValue(256);
        assertThat(Arrays.stream(turns).average().orElse(0)).isBetween(130.0, 142.0);
        assertThat(turns).isEqualTo(CellSizes.parse("16-256", 7).turns(0, 0, 7));
        assertThat(turns).isNotEqualTo(CellSizes.parse("16-256", 8).turns(0, 0, 8));
    }

    @Test
    void aFileIsTakenInTurn() throws Exception {
        Path file = Files.writeString(directory.resolve("sizes"), "100\n 20\n300\n");
        CellSizes sizes = CellSizes.parse(file.toString(), 1);

        assertThat(sizes.turns(0, 0, 1)).startsWith(100, 20, 300, 100, 20);
        assertThat(sizes.largest()).isEqualTo(300);
        assertThat(sizes.meanBytes()).isEqualTo(140);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.25, 1})
    void theShareThatIsHandedOverIsMarked(double share) {
        int[] turns = CellSizes.parse("64", 1).turns(1, share, 1);

        double marked = (double) Arrays.stream(turns).filter(size -> size < 0).count();
        assertThat(marked / turns.length).isBetween(share - 0.03, share + 0.03);
        assertThat(Arrays.stream(turns)).allMatch(size -> (size & Integer.MAX_VALUE) == 64);
    }

    @ParameterizedTest
    @CsvSource({
        "0-16, a range lies within 8-1048576",
        "7-16, a range lies within",
        "16-9999999, a range lies within",
        "256-16, a range lies within",
        "many, neither a range such as 16-256 nor a file",
        "-5, neither a range",
    })
    void whatIsNoRangeIsRefused(String text, String complaint) {
        assertThatThrownBy(() -> CellSizes.parse(text, 1))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("--sizes " + text)
                .hasMessageContaining(complaint);
    }

    @Test
    void aFileThatHoldsSomethingElseIsRefusedWithItsLine() throws Exception {
        Path wrong = Files.writeString(directory.resolve("wrong"), "16\n1x\n");
        Path empty = Files.createFile(directory.resolve("empty"));

        assertThatThrownBy(() -> CellSizes.parse(wrong.toString(), 1))
                .hasMessageContaining("wrong, line 2: '1x' is not a size from 8 to 1048576");
        assertThatThrownBy(() -> CellSizes.parse(empty.toString(), 1))
                .hasMessageContaining("0 sizes");
        assertThatThrownBy(() -> CellSizes.parse(directory.toString(), 1))
                .isInstanceOf(BenchException.class);
    }
}
