package cordwood.memory.epoch;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/**
 * Every interleaving, up to a number, of short random programs that read, replace and reclaim
 * objects under the state machine of epochs.
 */
final class EpochModelTest {

    private static final boolean LONG = Boolean.getBoolean("cordwood.long");

    /** Objects are numbers; one is current, the others are removed and then freed. */
    public static class Objects {

        private static final int OBJECTS_MAX = 32;

        private final EpochClock clock;
        private final AtomicInteger current = new AtomicInteger();
        private final AtomicInteger latest = new AtomicInteger();
        private final AtomicIntegerArray freed = new AtomicIntegerArray(OBJECTS_MAX);

        public Objects() {
            this(new EpochClock(new PinTable(1, 1)));
        }

        Objects(EpochClock clock) {
            this.clock = clock;
        }

        /** Whether what a pinned reader found was there as long as it looked. */
        @Operation
        public boolean read() {
            long ticket = clock.enter();
            try {
                int found = current.get();
                return freed.get(found) == 0 && freed.get(found) == 0;
            } finally {
                clock.leave(ticket);
            }
        }

        /** Puts a new object in place of the current one and frees that, if it can be at once. */
        @Operation
        public void replace() {
            int removed = current.getAndSet(latest.incrementAndGet());
            long stamp = clock.stamp();
            clock.advance();
            if (clock.horizon() > stamp) {
                freed.set(removed, 1);
            }
        }

        @Operation
        public void advance() {
            clock.advance();
        }
    }

    /** Seeded bug M11. */
    public static class ObjectsFreedOneEpochEarly extends Objects {
        public ObjectsFreedOneEpochEarly() {
            super(
                    new EpochClock(new PinTable(1, 1)) {
                        @Override
                        long horizon() {
                            return super.horizon() + 1;
                        }
                    });
        }
    }

    @Test
    void noInterleavingFreesWhatAPinnedReaderSees() {
        options().check(Objects.class);
    }

    @Test
    void reclaimingOneEpochEarlyIsCaught() {
        assertThatThrownBy(() -> options().check(ObjectsFreedOneEpochEarly.class))
                .isInstanceOf(LincheckAssertionError.class);
    }

    private static ModelCheckingOptions options() {
        return new ModelCheckingOptions()
                .threads(3)
                .actorsPerThread(3)
                .actorsBefore(0)
                .actorsAfter(0)
                .iterations(LONG ? 50 : 3)
                .invocationsPerIteration(LONG ? 5_000 : 2_000);
    }
}
