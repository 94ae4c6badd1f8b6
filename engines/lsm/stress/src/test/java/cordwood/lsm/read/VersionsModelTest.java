package cordwood.lsm.read;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/**
 * Every interleaving, up to a number, of short random programs that read, replace and reclaim
 * versions.
 */
final class VersionsModelTest {

    private static final boolean LONG = Boolean.getBoolean("cordwood.long");

    /** Making sure of room on the stack, and looking at every pin, takes many, and ends. */
    private static final int STEPS_MAX = 10_000;

    /** Versions whose successions are numbered; what a number stood for is gone once let go of. */
    public static class Numbered {

        private static final int NUMBERS_MAX = 32;

        private final Versions versions = new Versions(VersionsStress.first());
        private final AtomicInteger current = new AtomicInteger();
        private final AtomicInteger latest = new AtomicInteger();
        private final AtomicIntegerArray gone = new AtomicIntegerArray(NUMBERS_MAX);

        /** Whether what a pinned reader found was there as long as it looked. */
        @Operation
        public boolean read() {
            long ticket = versions.pin();
            try {
                int found = current.get();
                return gone.get(found) == 0 && gone.get(found) == 0;
            } finally {
                versions.unpin(ticket);
            }
        }

        @Operation
        public void replace() {
            int removed = current.getAndSet(latest.incrementAndGet());
            versions.replace(List.of(), List.of(), () -> gone.incrementAndGet(removed));
        }

        @Operation
        public void reclaim() {
            versions.reclaim();
        }
    }

    @Test
    void noInterleavingLetsGoOfWhatAPinnedReaderSees() {
        new ModelCheckingOptions()
                .threads(3)
                .actorsPerThread(2)
                .actorsBefore(0)
                .actorsAfter(0)
                .recursionBound(STEPS_MAX)
                .loopBound(STEPS_MAX)
                .iterations(LONG ? 50 : 2)
                .invocationsPerIteration(LONG ? 2_000 : 100)
                .check(Numbered.class);
    }
}
