package cordwood.testkit.crash;

import cordwood.testkit.Seed;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/** Runs many histories, each from a seed of its own, so that one can be run alone. */
final class Histories {

    /** The system property that runs only one history, by its own seed. */
    static final String PROPERTY = "cordwood.history";

    private Histories() {}

    /** Tells what happens, when only one history runs. */
    static void tell(Supplier<String> what) {
        if (Long.getLong(PROPERTY) != null) {
            System.out.println(what.get());
        }
    }

    static void each(Seed seed, int count, LongConsumer history) {
        Long only = Long.getLong(PROPERTY);
        if (only != null) {
            history.accept(only);
            return;
        }
        for (int i = 0; i < count; i++) {
            long own = seed.child(i).value();
            try {
                history.accept(own);
            } catch (RuntimeException | Error e) {
                throw new AssertionError(
                        "history %d of %d; run it alone with -D%s=%d%n%s"
                                .formatted(i, count, PROPERTY, own, e.getMessage()),
                        e);
            }
        }
    }
}
