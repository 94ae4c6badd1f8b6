package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.memory.Account;
import cordwood.memory.Budget;
import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.testkit.crash.Life;
import cordwood.testkit.crash.MemorySweep;
import cordwood.testkit.mutant.Mutant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** R23: memory runs out at any call of the disk, in every step, for a moment or for good. */
@Tag("trial")
final class ShortMemoryTest {

    /** Holds all that the budgets of the stores have left. */
    private static final class Hog implements MemorySweep.Thief {

        /** What it has of one store's memory. */
        private record Share(Budget budget, Account hog) {
            private void take() {
                long freeBytes = budget.capBytes() - budget.usedBytes();
                while (freeBytes > 0 && hog.tryReserve(freeBytes)) {
                    freeBytes = budget.capBytes() - budget.usedBytes();
                }
            }

            private void giveBack() {
                hog.release(hog.usedBytes());
            }
        }

        // guarded by this
        private final List<Share> shares = new ArrayList<>();
        private boolean taking;

        synchronized Memory open(MemoryOptions options) {
            Memory memory = Fixtures.smallChunks(options);
            Share share = new Share(memory.budget(), memory.budget().account("hog"));
            shares.add(share);
            if (taking) {
                share.take();
            }
            return memory;
        }

        @Override
        public synchronized void takeAll() {
            taking = true;
            shares.forEach(Share::take);
        }

        @Override
        public synchronized void giveBack() {
            taking = false;
            shares.forEach(Share::giveBack);
            shares.clear();
        }
    }

    @Test
    void whatFindsNoMemoryIsRefusedAndEverythingGoesOnOnceThereIsSome() {
        int stride = FaultOpener.LONG ? 1 : 19;
        Hog hog = new Hog();
        MemorySweep.Tally tally =
                MemorySweep.run(new FaultOpener(hog::open), Life.EVERY_PROTOCOL, hog, stride);

        System.out.println(tally);
        assertThat(tally.runs()).isGreaterThan(400 / stride);
        assertThat(tally.refused()).isPositive();
        assertThat(tally.refusedToOpen()).isPositive();
    }

    @Test
    void soItIsWhereTablesAreMerged() {
        int stride = FaultOpener.LONG ? 1 : 409;
        Hog hog = new Hog();
        MemorySweep.Tally tally =
                MemorySweep.run(new FaultOpener(hog::open), Life.MERGES, hog, stride);

        System.out.println(tally);
        assertThat(tally.refused()).isPositive();
        assertThat(tally.compactions()).isGreaterThan(tally.runs());
    }

    @Test
    void soItIsWhereAnyRegionIsRefusedByItself() {
        String trial = "whatIsRefusedOneRegionIsRefusedOrWaitsAndGoesOn";
        assertThat(new Mutant(RefusedRegions.class).run(RefusedRegions.class, trial)).isEmpty();
    }

    @Test
    void soItIsWhereAnyRegionIsRefusedWhileTablesAreMerged() {
        String trial = "soItIsWhereTablesAreMerged";
        assertThat(new Mutant(RefusedRegions.class).run(RefusedRegions.class, trial)).isEmpty();
    }
}
