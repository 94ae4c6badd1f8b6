package cordwood.bench.alloc;

import cordwood.bench.BenchException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * One measured run of {@code bench alloc}, everything resolved.
 *
 * @param allocators what is measured, by name: see {@link #requireKnown}
 * @param allocatorOptions options of the modes' own
 * @param shards of the small pool; stripes of the native modes
 * @param memoryBudgetBytes what every mode may take, each for itself
 * @param sizes a range of bytes, or a file of sizes
 * @param lifetime allocations of its producer that a cell lives for
 * @param remoteShare share of the cells, 0 to 1, that another thread frees
 * @param readers threads that read cells under a pin; with any, cells are retired
 * @param pin how long a reader stays pinned
 * @param burst cells freed, and then allocated, in a row
 * @param concurrency threads that allocate; each has one that frees, when the remote share is not 0
 * @param measured time measured per allocator, half of it with every operation timed
 * @param warmup the same before that, not measured
 * @param slice how long an allocator's turn is
 * @param seed where sizes are drawn from
 * @param fault what is wrong with the pool on purpose
 */
public record AllocConfig(
        List<String> allocators,
        Map<String, String> allocatorOptions,
        int shards,
        long memoryBudgetBytes,
        String sizes,
        int lifetime,
        double remoteShare,
        int readers,
        Duration pin,
        int burst,
        int concurrency,
        Duration measured,
        Duration warmup,
        Duration slice,
        long seed,
        Fault fault) {

    /** Most cells alive per producer. */
    public static final int LIFETIME_MAX = 1 << 24;

    /** Most threads of a kind. */
    public static final int THREADS_MAX = 256;

    /** Fewest cells alive where readers look at them. */
    public static final int LIFETIME_READ_MIN = 64;

    /** Longest run. */
    public static final Duration MEASURED_MAX = Duration.ofHours(24);

    /** Checks the ranges, the sizes, and that every allocator can do what is asked. */
    public AllocConfig {
        allocators = List.copyOf(allocators);
        allocatorOptions = Map.copyOf(allocatorOptions);
        requireWithin("a lifetime of %d allocations", lifetime, 1, LIFETIME_MAX);
        requireWithin("a burst of %d cells in this lifetime", burst, 1, lifetime);
        requireWithin("%d producers", concurrency, 1, THREADS_MAX);
        requireWithin("%d readers", readers, 0, THREADS_MAX);
        if (readers > 0) {
            requireWithin(
                    "a lifetime of %d allocations that readers look at",
                    lifetime, LIFETIME_READ_MIN, LIFETIME_MAX);
        }
        if (!(remoteShare >= 0 && remoteShare <= 1)) {
            throw BenchException.usage("a remote share of " + remoteShare + " is outside 0 to 1");
        }
        requireWithin("%d ms to measure", measured.toMillis(), 1, MEASURED_MAX.toMillis());
        requireWithin("a slice of %d ms", slice.toMillis(), 1, MEASURED_MAX.toMillis());
        if (allocators.isEmpty()) {
            throw BenchException.usage("no allocator to measure");
        }
        if (allocators.stream().distinct().count() < allocators.size()) {
            throw BenchException.usage(
                    "an allocator is named twice: give --repeat for more runs of it");
        }
        CellSizes.parse(sizes, seed);
        for (String name : allocators) {
            Contenders.named(name).requireCanDo(remoteShare > 0, readers > 0);
        }
    }

    private static void requireWithin(String what, long value, long least, long most) {
        if (value < least || value > most) {
            throw BenchException.usage(
                    what.replace("%d", Long.toString(value))
                            + " is outside %d to %d".formatted(least, most));
        }
    }

    /**
     * Refuses an allocator that is not known, or cannot be loaded here.
     *
     * @throws BenchException of kind usage, listing those known
     */
    public static void requireKnown(String name, Map<String, String> allocatorOptions) {
        Contenders.named(name).requireThere(allocatorOptions);
    }

    /**
     * The names in full, aliases replaced.
     *
     * @throws BenchException of kind usage, listing those known
     */
    public static List<String> canonical(List<String> names) {
        return names.stream().map(name -> Contenders.named(name).name()).toList();
    }

    /** Every allocator that can do what is asked, the product's first. */
    public static List<String> allAllocators(double remoteShare, int readers) {
        return Contenders.all().stream()
                .filter(contender -> contender.cannot(remoteShare > 0, readers > 0) == null)
                .map(Contender::name)
                .toList();
    }

    /** The same with the allocators in another order. */
    AllocConfig inOrder(List<String> order) {
        return new AllocConfig(
                order,
                allocatorOptions,
                shards,
                memoryBudgetBytes,
                sizes,
                lifetime,
                remoteShare,
                readers,
                pin,
                burst,
                concurrency,
                measured,
                warmup,
                slice,
                seed,
                fault);
    }

    /** Slots of a producer's ring: the lifetime, in whole bursts. */
    int ringCells() {
        return Math.ceilDiv(lifetime, burst) * burst;
    }

    boolean handsOver() {
        return remoteShare > 0;
    }
}
