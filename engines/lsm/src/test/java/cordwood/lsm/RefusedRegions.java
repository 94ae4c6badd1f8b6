package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.memory.Account;
import cordwood.memory.Chunks;
import cordwood.memory.HeapRefused;
import cordwood.memory.Region;
import cordwood.testkit.crash.CallWindow;
import cordwood.testkit.crash.Life;
import cordwood.testkit.crash.MemorySweep;
import cordwood.testkit.mutant.InsteadOf;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Refuses the n-th region that the engine asks for; see {@link ShortMemoryTest}. */
public final class RefusedRegions {

    private static final CallWindow ASKED = new CallWindow();

    /** For JUnit. */
    public RefusedRegions() {}

    /** Refuses regions where they are asked for by that method. */
    @InsteadOf(Chunks.class)
    public static Region region(Chunks chunks, Account account, long bytes) {
        if (ASKED.next()) {
            throw new HeapRefused(bytes);
        }
        return chunks.region(account, bytes);
    }

    /** Refuses regions where being refused is an answer. */
    @InsteadOf(Chunks.class)
    public static @Nullable Region tryRegion(Chunks chunks, Account account, long bytes) {
        return ASKED.next() ? null : chunks.tryRegion(account, bytes);
    }

    @Test
    void whatIsRefusedOneRegionIsRefusedOrWaitsAndGoesOn() {
        int stride = FaultOpener.LONG ? 1 : 3;
        MemorySweep.Tally tally =
                MemorySweep.run(new FaultOpener(), Life.EVERY_PROTOCOL, ASKED, stride);

        System.out.println(tally);
        assertThat(tally.runs()).isGreaterThan(100 / stride);
        assertThat(tally.refused()).isPositive();
        assertThat(tally.refusedToOpen()).isPositive();
    }

    @Test
    void soItIsWhereTablesAreMerged() {
        int stride = FaultOpener.LONG ? 1 : 61;
        MemorySweep.Tally tally = MemorySweep.run(new FaultOpener(), Life.MERGES, ASKED, stride);

        System.out.println(tally);
        assertThat(tally.refused()).isPositive();
        assertThat(tally.compactions()).isGreaterThan(tally.runs());
    }
}
