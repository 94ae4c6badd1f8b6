package cordwood.testkit.disk;

import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** What a power loss leaves of the changes that were not synced. Used for one crash only. */
public interface Survival {

    /** What becomes of one change. */
    enum Fate {
        /** It is found afterwards. */
        KEPT,
        /** It never happened. */
        LOST,
        /**
         * A block's sectors are new, old or garbage, each by itself; a length is somewhere between
         * old and new; a directory entry is lost.
         */
        TORN
    }

    /** The fate of a change; asked once for each, in the order they were made. */
    Fate fate(PendingChange change);

    /** Where the details of torn changes come from. */
    RandomGenerator random();

    /** Each change by itself survives with a probability; half of the other blocks are torn. */
    static Survival random(long seed, int survivalPercent) {
        SplittableRandom random = new SplittableRandom(seed);
        return new Survival() {
            @Override
            public Fate fate(PendingChange change) {
                boolean kept = random.nextInt(100) < survivalPercent;
                boolean torn = random.nextInt(100) < Math.min(survivalPercent, 50);
                return kept ? Fate.KEPT : torn ? Fate.TORN : Fate.LOST;
            }

            @Override
            public RandomGenerator random() {
                return random;
            }
        };
    }

    /** Exactly the changes with these orders survive, and those in {@code torn} do by halves. */
    static Survival exactly(Set<Long> kept, Set<Long> torn) {
        SplittableRandom random = new SplittableRandom(torn.hashCode());
        return new Survival() {
            @Override
            public Fate fate(PendingChange change) {
                return kept.contains(change.order())
                        ? Fate.KEPT
                        : torn.contains(change.order()) ? Fate.TORN : Fate.LOST;
            }

            @Override
            public RandomGenerator random() {
                return random;
            }
        };
    }
}
