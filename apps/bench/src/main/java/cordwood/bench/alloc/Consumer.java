package cordwood.bench.alloc;

import org.HdrHistogram.Histogram;

/** A thread that frees what a producer hands over. Confined to that thread. */
interface Consumer {

    /** Frees until its producer has ended the slice and nothing is left; answers how many cells. */
    long run();

    /** The same, with every free timed. */
    long runTimed();

    /** How long frees took, in nanoseconds. */
    Histogram frees();

    /** Ends its way into the allocator. */
    void close();
}
