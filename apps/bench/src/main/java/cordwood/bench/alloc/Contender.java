package cordwood.bench.alloc;

import cordwood.bench.BenchException;
import cordwood.memory.pool.AllocatorUnavailable;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Something that gives out cells, to be measured beside others. */
interface Contender {

    /** Its name, alone or with what was done to it: {@code system}, {@code system-bare}. */
    String name();

    /** One line on what it is. Loads what {@link #open} would. */
    String describe(Map<String, String> options);

    /** Opens it for one run. */
    Stand open(AllocConfig config);

    /**
     * Why it cannot take part, or null.
     *
     * @param handsOver whether cells are freed by another thread
     * @param read whether cells are read under a pin
     */
    default @Nullable String cannot(boolean handsOver, boolean read) {
        return read ? "has no epochs that readers could pin: leave out --readers" : null;
    }

    /** Refuses a workload it cannot do. */
    default void requireCanDo(boolean handsOver, boolean read) {
        String reason = cannot(handsOver, read);
        if (reason != null) {
            throw BenchException.usage("--allocator: '%s' %s".formatted(name(), reason));
        }
    }

    /** Refuses to be named where its library is missing. */
    default void requireThere(Map<String, String> options) {
        try {
            describe(options);
        } catch (AllocatorUnavailable missing) {
            throw BenchException.usage(
                    "--allocator %s: %s".formatted(name(), missing.getMessage()), missing);
        }
    }
}
