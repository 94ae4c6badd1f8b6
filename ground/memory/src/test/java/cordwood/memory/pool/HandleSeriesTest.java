package cordwood.memory.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What tells the handles of one pool from those of all others. */
final class HandleSeriesTest {

    /** Pools at once; a few parts are left to what other tests may have open. */
    private static final int MANY = Handle.POOLS * (HandleSeries.PARTS - 1);

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
    void poolsThatShareATagStartFarApartWhateverClosedOnesReached() {
        int tags = Handle.POOLS;
        for (int used = 2; used < 8 * HandleSeries.APART; used += HandleSeries.APART / 3) {
            for (int i = 0; i < tags; i++) {
                HandleSeries before = HandleSeries.open();
                before.close(before.firstGeneration() + used);
            }
            List<HandleSeries> now = new ArrayList<>();
            for (int i = 0; i < 3 * tags; i++) {
                now.add(HandleSeries.open());
            }
            assertAllApart(now);
            now.forEach(series -> series.close(series.firstGeneration() + 3));
        }
    }

    @Test
    void nearlyAsManyPoolsAsThereArePartsStartApart() {
        for (int i = 0; i < MANY; i++) {
            open();
        }
        assertAllApart(open);
        for (int i = 0; i < 3 * MANY; i++) {
            HandleSeries old = open.remove(i * 7919 % open.size());
            old.close(old.firstGeneration() + (i * 104_729 & -2) % HandleSeries.APART);
            open();
        }
        assertAllApart(open);
    }

    @Test
    void handlesOfClosedPoolsAreNotIssuedAgainWithMuchOpenBeside() {
        for (int count = 0; count <= MANY; count += MANY / 4) {
            while (open.size() < count) {
                open();
            }
            Set<Long> issued = new HashSet<>();
            for (int i = 0; i < 200; i++) {
                HandleSeries series = HandleSeries.open();
                for (int generation = 1; generation <= 5; generation += 2) {
                    assertThat(
                                    issued.add(
                                            series.poolTag()
                                                    | (series.firstGeneration() + generation)))
                            .as("life %d of pool %d beside %d", generation, i, count)
                            .isTrue();
                }
                series.close(series.firstGeneration() + 6);
            }
        }
    }

    @Test
    void pickedIsThePartWhosePoolsWereClosedLongestAgo() {
        Set<Long> issued = new HashSet<>();
        for (int i = 0; i < Handle.POOLS * HandleSeries.PARTS; i++) {
            HandleSeries series = HandleSeries.open();
            assertThat(issued.add(series.poolTag() | series.firstGeneration())).isTrue();
            series.close(series.firstGeneration() + HandleSeries.APART + 2);
        }
    }

    @Test
    void everySlabNumberHasHalfAMillionLivesWhateverWasReached() {
        for (int i = 0; i < 5 * Handle.POOLS * HandleSeries.PARTS; i++) {
            HandleSeries series = HandleSeries.open();
            assertThat(series.firstGeneration())
                    .isLessThanOrEqualTo(
                            Handle.GENERATION_END - CellState.DELTA_END - HandleSeries.APART);
            series.close(series.firstGeneration() + HandleSeries.APART / 2);
        }
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

    private static void assertAllApart(List<HandleSeries> all) {
        Map<Long, TreeSet<Integer>> starts = new HashMap<>();
        for (HandleSeries series : all) {
            TreeSet<Integer> ofTag = starts.computeIfAbsent(series.poolTag(), _ -> new TreeSet<>());
            int first = series.firstGeneration();
            Integer below = ofTag.floor(first);
            Integer above = ofTag.ceiling(first);
            assertThat(below == null || first - below >= HandleSeries.APART).isTrue();
            assertThat(above == null || above - first >= HandleSeries.APART).isTrue();
            ofTag.add(first);
        }
    }

    private HandleSeries open() {
        HandleSeries series = HandleSeries.open();
        open.add(series);
        return series;
    }
}
