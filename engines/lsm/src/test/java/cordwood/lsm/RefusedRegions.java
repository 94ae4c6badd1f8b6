package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.memory.Account;
import cordwood.memory.Chunks;
import cordwood.memory.HeapRefused;
import cordwood.memory.Region;
import cordwood.testkit.crash.MemorySweep;
import cordwood.testkit.mutant.InsteadOf;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Refuses the n-th region that the engine asks for; see {@link ShortMemoryTest}. */
public final class RefusedRegions {

    /** How many are asked for, and which are refused. */
    private static final class Count implements MemorySweep.Refuser {
        private long calls;
        private long first = Long.MAX_VALUE;
        private long end;

        @Override
        public synchronized void arm(int firstCall, int length) {
            calls = 0;
            first = firstCall;
            end = (long) firstCall + length;
        }

        @Override
        public synchronized boolean disarm() {
            boolean hasRefused = calls >= first;
            first = Long.MAX_VALUE;
            return hasRefused;
        }

        private synchronized boolean refusesNext() {
            calls++;
            return calls >= first && calls < end;
        }
    }

    private static final Count COUNT = new Count();

    /** For JUnit. */
    public RefusedRegions() {}

    /** Refuses regions where they are asked for by that method. */
    @InsteadOf(Chunks.class)
    public static Region region(Chunks chunks, Account account, long bytes) {
        if (COUNT.refusesNext()) {
            throw new HeapRefused(bytes);
        }
        return chunks.region(account, bytes);
    }

    /** Refuses regions where being refused is an answer. */
    @InsteadOf(Chunks.class)
    public static @Nullable Region tryRegion(Chunks chunks, Account account, long bytes) {
        return COUNT.refusesNext() ? null : chunks.tryRegion(account, bytes);
    }

    @Test
    void whatIsRefusedOneRegionIsRefusedOrWaitsAndGoesOn() {
        int stride = FaultOpener.LONG ? 1 : 3;
        MemorySweep.Tally tally = MemorySweep.run(new FaultOpener(), COUNT, stride);

        System.out.println(tally);
        assertThat(tally.runs()).isGreaterThan(100 / stride);
        assertThat(tally.refused()).isPositive();
        assertThat(tally.refusedToOpen()).isPositive();
    }
}
