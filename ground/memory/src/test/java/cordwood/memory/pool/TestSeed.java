package cordwood.memory.pool;

/** The seed of a random test: given, or new. */
final class TestSeed {

    static final long SEED = Long.getLong("cordwood.seed", System.nanoTime());

    /** Whether full counts are asked for. */
    static final boolean LONG = Boolean.getBoolean("cordwood.long");

    private TestSeed() {}

    static String rerun() {
        return "rerun with -Dcordwood.seed=" + SEED;
    }
}
