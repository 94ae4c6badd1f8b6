package cordwood.memory.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What tells the handles of one pool from those of all others. */
final class HandleSeriesTest {

    private final List<HandleSeries> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(series -> series.close(0));
    }

    @Test
    void openPoolKeepsItsTagHoweverManyComeAndGo() {
        HandleSeries first = open();
        for (int i = 0; i < 10 * Handle.POOLS; i++) {
            HandleSeries other = HandleSeries.open();
            assertThat(other.poolTag()).isNotEqualTo(first.poolTag());
            other.close(other.firstGeneration() + 3);
        }
    }

    @Test
    void poolsThatShareATagStartFarApart() {
        Set<Integer> starts = new HashSet<>();
        HandleSeries first = open();
        starts.add(first.firstGeneration());
        for (int i = 0; i < 8 * Handle.POOLS; i++) {
            HandleSeries other = open();
            if (other.poolTag() == first.poolTag()) {
                assertThat(starts)
                        .allMatch(start -> Math.abs(start - other.firstGeneration()) >= 1 << 20);
                starts.add(other.firstGeneration());
            }
        }
        assertThat(starts).hasSizeGreaterThan(4);
    }

    @Test
    void poolsThatComeAndGoBesideMuchOpenOnesNeverStartWhereOneOfThemIs() {
        Set<Long> taken = new HashSet<>();
        for (int i = 0; i < Handle.POOLS; i++) {
            HandleSeries series = open();
            taken.add(series.poolTag() | series.firstGeneration() / HandleSeries.APART);
        }
        for (int i = 0; i < 40 * Handle.POOLS; i++) {
            HandleSeries other = HandleSeries.open();
            assertThat(taken)
                    .doesNotContain(other.poolTag() | other.firstGeneration() / HandleSeries.APART);
            other.close(other.firstGeneration() + 3);
        }
    }

    @Test
    void tagUsedAgainStartsWhereItsLastPoolHasEnded() {
        int[] reached = new int[Handle.POOLS];
        for (int i = 0; i < 20 * Handle.POOLS; i++) {
            HandleSeries series = HandleSeries.open();
            int tag = (int) (series.poolTag() >>> 58);
            int first = series.firstGeneration();
            assertThat(first & 1).isZero();
            assertThat(first).isGreaterThanOrEqualTo(reached[tag]);
            reached[tag] = first + 101;
            series.close(reached[tag]);
            series.close(Handle.GENERATION_END);
        }
    }

    @Test
    void cellsHaveHalfOfAllLivesLeftWhateverWasReached() {
        for (int i = 0; i < 3 * Handle.POOLS; i++) {
            HandleSeries series = HandleSeries.open();
            assertThat(series.firstGeneration()).isLessThan(Handle.GENERATION_END / 2);
            series.close(Handle.GENERATION_END);
        }
    }

    private HandleSeries open() {
        HandleSeries series = HandleSeries.open();
        open.add(series);
        return series;
    }
}
