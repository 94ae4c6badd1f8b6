package cordwood.lsm.inspect;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The lines about one file, up to a limit. */
final class Listing {

    private final Consumer<String> lines;
    private final BooleanSupplier stopping;
    private long left;
    private boolean cut;

    Listing(Consumer<String> lines, long linesMax, BooleanSupplier stopping) {
        this.lines = lines;
        this.left = linesMax;
        this.stopping = stopping;
    }

    /** Whether there is no use in reading on. */
    boolean isFull() {
        return cut || stopping.getAsBoolean();
    }

    /** Adds a line, or says once that there is more. */
    void add(Supplier<String> line) {
        if (left > 0) {
            left--;
            lines.accept(line.get());
        } else if (!cut) {
            cut = true;
            lines.accept("  … more");
        }
    }
}
