package cordwood.memory.fault;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.memory.Memory;
import cordwood.memory.fault.inside.Dive;
import cordwood.memory.fault.inside.FirstUseOnFullHeap;
import cordwood.memory.fault.inside.FirstUseOnFullStack;
import cordwood.memory.fault.inside.HeapFull;
import cordwood.memory.fault.inside.HeapShared;
import cordwood.memory.fault.inside.HeapSpent;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Stacks and heaps that really come to their end: a few by default, thousands in a long run, which
 * takes the operations in turn.
 */
@Tag("trial")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
final class RealErrorTest {

    private static final int DIVES = Sweep.LONG ? 3_000 : 12;
    private static final int INTERPRETED_DIVES = Sweep.LONG ? 1_500 : 4;
    private static final int ROUNDS = Sweep.LONG ? 200 : 2;

    @Test
    void aStackThatComesToItsEndLeavesNothingClaimedAndNothingLost() throws Exception {
        long overflows = Dive.run(Sweep.SEED, DIVES);
        System.out.printf("seed %d: %d stack overflows%n", Sweep.SEED, overflows);
        assertThat(overflows).isPositive();
    }

    @Test
    void aStackOfInterpretedFramesDoesSoToo() throws Exception {
        String overflows =
                TrialProcess.run(Dive.class, List.of("-Xint"), Sweep.SEED, INTERPRETED_DIVES);
        System.out.printf("seed %d: %s stack overflows, interpreted%n", Sweep.SEED, overflows);
        assertThat(Long.parseLong(overflows)).isPositive();
    }

    @Test
    void aHeapThatIsFullLeavesNothingClaimedAndNothingLost() throws Exception {
        String errors =
                TrialProcess.run(HeapFull.class, List.of("-Xmx28m", "-XX:+UseSerialGC"), ROUNDS);
        System.out.printf("%s times no heap%n", errors);
        assertThat(Long.parseLong(errors)).isPositive();
    }

    @Test
    void aHeapThatIsFullAtTheFirstUseOfSomethingBreaksItNotForLater() throws Exception {
        assertUsableLater("24m", "wait", 40, true, "BudgetExceeded");
        assertUsableLater("24m", "reserve", 40, true, "BudgetExceeded");
        assertUsableLater("12m", "arena", 36, false, "done");
        assertUsableLater("12m", "large", 8, false, "BudgetExceeded");
        assertUsableLater("12m", "large", 120, false, "BudgetExceeded");
    }

    private static void assertUsableLater(
            String heap, String what, int kibFree, boolean pool, String answer) throws Exception {
        List<String> flags = List.of("-Xmx" + heap, "-XX:+UseSerialGC");
        String later = TrialProcess.run(FirstUseOnFullHeap.class, flags, what, kibFree, pool);
        assertThat(later).as("%s with %d KiB free", what, kibFree).isEqualTo(answer);
    }

    @Test
    void aStackThatEndsAtTheFirstUseOfSomethingBreaksItNotForLater() throws Exception {
        assertOverflowsAlone("open", "[]");
        assertOverflowsAlone("epochs", "[]");
        String failure = IllegalStateException.class.getName() + ": ";
        assertOverflowsAlone("closed", "[" + failure + "region of first is closed]");
        assertOverflowsAlone("release", "[" + failure + "first releases 1099511627776 of 0 bytes]");
    }

    private static void assertOverflowsAlone(String what, String answers) throws Exception {
        String given =
                TrialProcess.run(
                        FirstUseOnFullStack.class,
                        List.of(),
                        what,
                        TrialProcess.root(Memory.class));
        assertThat(given).as(what).isEqualTo(answers);
    }

    @Test
    void aHeapTooSmallToKeepTrackOfAllCellsRefusesThemByThatNameAndServesAgain() throws Exception {
        List<String> flags = List.of("-Xmx24m", "-XX:+UseSerialGC");
        String[] cells = TrialProcess.run(HeapSpent.class, flags, 128 << 20).split(" ");
        System.out.printf("%s small cells on 24 MiB of heap%n", List.of(cells));
        assertThat(cells).hasSize(3);
        for (String count : cells) {
            assertThat(Long.parseLong(count)).isGreaterThan(Long.parseLong(cells[0]) * 3 / 4);
        }
    }

    @Test
    void threadsThatFillOneHeapTogetherAreAllRefusedByThatName() throws Exception {
        for (String flag : List.of("-XX:+UseSerialGC", "-XX:+UseG1GC")) {
            List<String> flags = List.of("-Xmx20m", flag);
            String counts = TrialProcess.run(HeapShared.class, flags, 64 << 20);
            System.out.printf("%s on 20 MiB of heap with %s%n", counts, flag);
            assertThat(counts).isEqualTo("refused 16 other 0");
        }
    }
}
