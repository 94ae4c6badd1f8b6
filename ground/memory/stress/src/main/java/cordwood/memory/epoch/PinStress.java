package cordwood.memory.epoch;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A reader pins, finds an object and looks whether it was freed; a writer unlinks it, and frees it
 * once the horizon has passed. Nobody may find the object and then see it freed.
 *
 * <p>The object's own accesses are as weak as those of a user may be, so that all order comes from
 * the clock.
 */
public class PinStress {

    private static class Shared {

        private final EpochClock clock;
        private final AtomicInteger linked = new AtomicInteger(1);
        private final AtomicInteger freed = new AtomicInteger();

        Shared(PinTable pins) {
            clock = new EpochClock(pins);
        }

        final void read(II_Result result) {
            long ticket = clock.enter();
            look(result);
            clock.leave(ticket);
        }

        final void look(II_Result result) {
            result.r1 = linked.getOpaque();
            result.r2 = result.r1 == 1 ? freed.getOpaque() : 0;
        }

        final void reclaim() {
            linked.setOpaque(0);
            long stamp = clock.stamp();
            clock.advance();
            if (clock.horizon() > stamp) {
                freed.setOpaque(1);
            }
        }
    }

    /** A pin is seen by every scan that begins after what it reads was unlinked. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "found, and not freed")
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "not found")
    @Outcome(id = "1, 1", expect = Expect.FORBIDDEN, desc = "freed under a pin")
    @State
    public static class PinAgainstHorizon extends Shared {

        public PinAgainstHorizon() {
            super(new PinTable(1, 1));
        }

        @Actor
        public void reader(II_Result result) {
            read(result);
        }

        @Actor
        public void writer() {
            reclaim();
        }
    }

    /** The same when the pin's slot lies on a shelf that is added meanwhile. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "found, and not freed")
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "not found")
    @Outcome(id = "1, 1", expect = Expect.FORBIDDEN, desc = "freed under a pin")
    @State
    public static class PinOnNewShelf extends Shared {

        public PinOnNewShelf() {
            super(new PinTable(1, 1));
        }

        @Actor
        public void reader(II_Result result) {
            long first = super.clock.enter();
            long second = super.clock.enter();
            super.clock.leave(first);
            look(result);
            super.clock.leave(second);
        }

        @Actor
        public void writer() {
            reclaim();
        }
    }

    /** Of two who leave with one ticket, one succeeds. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "one left")
    @Outcome(expect = Expect.FORBIDDEN, desc = "nobody left, or both did")
    @State
    public static class PinLeftByTwo {

        private final EpochClock clock = new EpochClock(new PinTable(1, 1));
        private final long ticket = clock.enter();

        @Actor
        public void one(II_Result result) {
            result.r1 = leave();
        }

        @Actor
        public void other(II_Result result) {
            result.r2 = leave();
        }

        private int leave() {
            try {
                clock.leave(ticket);
                return 1;
            } catch (IllegalStateException second) {
                return 0;
            }
        }
    }

    /** Seeded bug M12: a plain write where the pin must be seen before what follows it. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "found, and not freed")
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "not found")
    @Outcome(id = "1, 1", expect = Expect.FORBIDDEN, desc = "freed under a pin")
    @State
    public static class SeededBugM12 extends Shared {

        public SeededBugM12() {
            super(
                    new PinTable(1, 1) {
                        @Override
                        boolean publish(long[] words, int index, long free, long claimed) {
                            words[index] = claimed;
                            return true;
                        }
                    });
        }

        @Actor
        public void reader(II_Result result) {
            read(result);
        }

        @Actor
        public void writer() {
            reclaim();
        }
    }
}
