package cordwood.memory.pool;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Counts events by size, for any number of threads. */
final class SizeHistogram {

    /** Upper bounds; what is larger than the last is counted behind it. */
    static final int[] BOUNDS = {64, 128, 256, 512, 1024, 2048, 4096, 8192};

    private final LongAdder[] counts = new LongAdder[BOUNDS.length + 1];

    SizeHistogram() {
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    void add(long bytes) {
        counts[bucket(bytes)].increment();
    }

    List<Long> counts() {
        return Arrays.stream(counts).map(LongAdder::sum).toList();
    }

    static int bucket(long bytes) {
        int bucket = 0;
        while (bucket < BOUNDS.length && bytes > BOUNDS[bucket]) {
            bucket++;
        }
        return bucket;
    }
}
