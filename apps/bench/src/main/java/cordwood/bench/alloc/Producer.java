package cordwood.bench.alloc;

import org.HdrHistogram.Histogram;

/** A thread that allocates, and frees what is not freed by others. Confined to that thread. */
interface Producer {

    /** Allocates until a time on {@link System#nanoTime()}; answers how many cells. */
    long run(long deadlineNanos);

    /** The same, with every allocation and free timed. */
    long runTimed(long deadlineNanos);

    /** Cells allocated so far that it has neither freed nor handed over. Exact between slices. */
    long held();

    /** Frees every cell it holds. */
    void drain();

    /** How long allocations took, in nanoseconds. */
    Histogram allocations();

    /** How long its own frees took, in nanoseconds. */
    Histogram frees();

    /** Ends its way into the allocator. */
    void close();
}
