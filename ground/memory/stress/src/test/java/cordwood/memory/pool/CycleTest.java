package cordwood.memory.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * What stays resident of a budget that was filled and emptied many times; see {@link CycleProbe}.
 */
@EnabledOnOs(OS.LINUX)
final class CycleTest {

    private static final boolean LONG = Boolean.getBoolean("cordwood.long");
    private static final int[] BUDGETS_MIB = LONG ? new int[] {16, 64, 512} : new int[] {16, 64};
    private static final int[] THREADS = LONG ? new int[] {1, 8, 200} : new int[] {1, 8};
    private static final int CYCLES = LONG ? 1_000 : 30;
    private static final double MIB = 1 << 20;
    private static final long MORE_MIB_MAX = 32;

    @Test
    void whatIsResidentIsBoundedByTheBudget() throws Exception {
        System.out.printf(
                Locale.ROOT,
                "%d cycles%nbudget MiB | threads | resident at the start MiB | more at the end MiB"
                        + " | most charged MiB | seconds%n",
                CYCLES);
        for (int budgetMib : BUDGETS_MIB) {
            for (int threads : THREADS) {
                row(budgetMib, threads);
            }
        }
    }

    private static void row(int budgetMib, int threads) throws Exception {
        long startNanos = System.nanoTime();
        Map<String, Long> seen = ProbeProcess.run(CycleProbe.class, budgetMib, threads, CYCLES);
        double moreMib = (seen.get("end") - seen.get("start")) / MIB;
        System.out.printf(
                Locale.ROOT,
                "%d | %d | %.1f | %.1f | %.1f | %.1f%n",
                budgetMib,
                threads,
                seen.get("start") / MIB,
                moreMib,
                seen.get("peak_used") / MIB,
                (System.nanoTime() - startNanos) / 1e9);
        assertThat(moreMib)
                .as("%d MiB, %d threads: %s", budgetMib, threads, seen)
                .isLessThanOrEqualTo(budgetMib + MORE_MIB_MAX);
        assertThat(seen.get("peak_used")).isGreaterThan((long) (0.9 * budgetMib * MIB));
    }
}
