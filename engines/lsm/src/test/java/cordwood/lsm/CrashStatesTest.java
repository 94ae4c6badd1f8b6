package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.crash.CrashStates;
import cordwood.testkit.crash.Life;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** R2: every state that a power loss or a kill can leave of every short workload, and of merges. */
@Tag("trial")
@ExtendWith(SeedExtension.class)
final class CrashStatesTest {

    private static final int CALLS_MAX = FaultOpener.LONG ? 3 : 2;
    private static final int STRIDE = FaultOpener.LONG ? 1 : 60;
    private static final int FULL_DISK_STRIDE = FaultOpener.LONG ? 1 : 120;

    @Test
    void everyStateOfEveryShortWorkloadIsRecovered() {
        CrashStates.Tally tally = CrashStates.run(new FaultOpener(), CALLS_MAX);

        System.out.println(tally);
        assertThat(tally.states()).isGreaterThan(900);
    }

    @Test
    void everyStateWithinMergesDropsAndCheckpointsIsRecovered(Seed seed) {
        CrashStates.Tally tally =
                CrashStates.run(
                        new FaultOpener(), Life.MERGES, seed.random().nextInt(STRIDE), STRIDE);

        System.out.println(tally);
        assertThat(tally.calls())
                .contains("write store/#.table.tmp", "delete store/#.table", "link copy-#/#.table");
    }

    @Test
    void everyStateWithinMergesThatRoomIsLentToIsRecovered(Seed seed) {
        CrashStates.Tally tally =
                CrashStates.run(
                        new SmallDiskOpener(),
                        Life.MERGES_ON_A_FULL_DISK,
                        seed.random().nextInt(FULL_DISK_STRIDE),
                        FULL_DISK_STRIDE);

        System.out.println(tally);
        assertThat(tally.calls())
                .contains("write store/#.table.tmp", "delete store/#.wal", "delete store/RESERVE");
    }
}
