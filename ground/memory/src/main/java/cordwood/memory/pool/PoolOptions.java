package cordwood.memory.pool;

import java.util.List;

/**
 * How a pool is built.
 *
 * @param shards how many; 0 means buckets only
 * @param classBytes the small size classes, ascending multiples of 8 from 16 to 512
 * @param checked whether every mistake is found, at a price: see {@link SmallPool#leaks}
 */
public record PoolOptions(int shards, List<Integer> classBytes, boolean checked) {

    /** The most shards there can be. */
    public static final int SHARDS_MAX = 1024;

    private static final List<Integer> CLASS_BYTES = List.of(16, 24, 32, 48, 64, 96, 128, 192, 256);

    /** Validates. */
    public PoolOptions {
        classBytes = List.copyOf(classBytes);
        if (shards < 0 || shards > SHARDS_MAX) {
            throw new IllegalArgumentException(
                    "%d shards; between 0 and %d are possible".formatted(shards, SHARDS_MAX));
        }
        int last = Integer.BYTES * 2;
        for (int bytes : classBytes) {
            if (bytes <= last || bytes % 8 != 0 || bytes > SizeClasses.MEDIUM_BYTES_MIN) {
                throw new IllegalArgumentException("size classes " + classBytes);
            }
            last = bytes;
        }
        if (classBytes.isEmpty()) {
            throw new IllegalArgumentException("no size classes");
        }
    }

    /** One shard per core and the usual classes, unchecked. */
    public static PoolOptions defaults() {
        return new PoolOptions(Runtime.getRuntime().availableProcessors(), CLASS_BYTES, false);
    }

    /** The same with another number of shards. */
    public PoolOptions withShards(int count) {
        return new PoolOptions(count, classBytes, checked);
    }

    /** The same, checked or not. */
    public PoolOptions withChecked(boolean check) {
        return new PoolOptions(shards, classBytes, check);
    }
}
