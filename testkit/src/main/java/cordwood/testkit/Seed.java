package cordwood.testkit;

import java.util.SplittableRandom;

/**
 * Where a test's randomness starts. A test takes it as a parameter under {@link SeedExtension};
 * everything random in the test must come from it.
 */
public record Seed(long value) {

    /** The system property that fixes the seed of a run. */
    public static final String PROPERTY = "cordwood.seed";

    private static final long SEED_BY_DEFAULT = 20_261_121;

    /**
     * The seed given by the property; else the same in every default run, so that a change is what
     * turned a test red, and a fresh one in every long run, which is there to find something new.
     */
    static Seed ofRun() {
        Long given = Long.getLong(PROPERTY);
        if (given != null) {
            return new Seed(given);
        }
        return new Seed(
                Boolean.getBoolean("cordwood.long")
                        ? new SplittableRandom().nextLong()
                        : SEED_BY_DEFAULT);
    }

    /** A generator that starts here; each call gives the same one anew. */
    public SplittableRandom random() {
        return new SplittableRandom(value);
    }

    /** The seed of the {@code index}-th case under this one. */
    public Seed child(int index) {
        return new Seed(
                new SplittableRandom(value ^ (0x9E3779B97F4A7C15L * (index + 1))).nextLong());
    }
}
