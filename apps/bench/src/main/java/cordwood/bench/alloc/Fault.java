package cordwood.bench.alloc;

import cordwood.bench.BenchException;
import java.util.Locale;

/** A defect that is put in front of the pool on purpose, to see the gates turn red. */
public enum Fault {
    /** None. */
    NONE,
    /** What others free reaches the pool late. */
    LATE_DRAIN,
    /** Every allocation and free takes one lock, and holds it for a microsecond. */
    LOCK;

    /**
     * The fault of that name, as in {@code late_drain}.
     *
     * @throws BenchException of kind usage
     */
    public static Fault named(String name) {
        for (Fault fault : values()) {
            if (fault.name().toLowerCase(Locale.ROOT).equals(name)) {
                return fault;
            }
        }
        throw BenchException.usage("--fault: there is no fault '%s'".formatted(name));
    }
}
