package cordwood.memory.pool;

import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;

/** Counts events by size, for any number of threads. */
final class SizeHistogram {

    /** Upper bounds; what is larger than the last is counted behind it. */
    static final int[] BOUNDS = {64, 128, 256, 512, 1024, 2048, 4096, 8192};

    /** Not adders: those allocate when threads meet, behind what is counted. */
    private final AtomicLongArray counts = new AtomicLongArray(BOUNDS.length + 1);

    void add(long bytes) {
        counts.incrementAndGet(bucket(bytes));
    }

    List<Long> counts() {
        return IntStream.range(0, counts.length()).mapToObj(counts::get).toList();
    }

    static int bucket(long bytes) {
        int bucket = 0;
        while (bucket < BOUNDS.length && bytes > BOUNDS[bucket]) {
            bucket++;
        }
        return bucket;
    }
}
