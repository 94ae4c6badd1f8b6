package cordwood.testkit;

import java.util.SplittableRandom;

/**
 * Where a test's randomness starts. A test takes it as a parameter under {@link SeedExtension};
 * everything random in the test must come from it.
 */
public record Seed(long value) {

    /** The system property that fixes the seed of a run. */
    public static final String PROPERTY = "cordwood.seed";

    /** The seed given by the property, else a fresh one. */
    static Seed ofRun() {
        Long given = Long.getLong(PROPERTY);
        return new Seed(given != null ? given : new SplittableRandom().nextLong());
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
