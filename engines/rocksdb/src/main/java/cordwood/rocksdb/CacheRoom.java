package cordwood.rocksdb;

import java.util.function.LongSupplier;
import org.rocksdb.Cache;

/**
 * How full the block cache is of what cannot leave it: memtables, and blocks that iterators stand
 * on. It drops everything else before it grows beyond its size. Thread-safe.
 */
final class CacheRoom implements OpenWalks.Room {

    private static final int SLACK_DIVISOR = 16;
    private static final int BLOCKS_DIVISOR = 4;

    /** RocksDB charges memtables in steps of 256 KiB, of which each family may have begun some. */
    private static final long CHARGE_BYTES_SLACK = 1L << 20;

    private final Cache cache;
    private final long bytesMax;
    private final LongSupplier memtableBytes;

    /**
     * The room in a cache.
     *
     * @param memtableBytes memtables that are charged to it
     */
    CacheRoom(Cache cache, long bytesMax, LongSupplier memtableBytes) {
        this.cache = cache;
        this.bytesMax = bytesMax;
        this.memtableBytes = memtableBytes;
    }

    @Override
    public boolean isShort() {
        return cache.getUsage() > bytesMax + bytesMax / SLACK_DIVISOR;
    }

    @Override
    public boolean isTakenByWalks() {
        // a charge is only given back when a quarter of it is too much
        long chargedBytesMax = memtableBytes.getAsLong() / 3 * 4 + CHARGE_BYTES_SLACK;
        long blockBytes = cache.getPinnedUsage() - chargedBytesMax;
        return isShort() && blockBytes > bytesMax / BLOCKS_DIVISOR;
    }
}
