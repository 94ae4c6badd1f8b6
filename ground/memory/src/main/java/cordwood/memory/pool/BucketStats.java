package cordwood.memory.pool;

/**
 * One bucket.
 *
 * @param bin its cells
 * @param lockWaitNanos time spent waiting for its lock
 * @param lockHoldNanos time its lock was held, estimated from every 16th hold
 * @param lockAcquisitions how often it was taken
 * @param lockContention how often that took more than 1,000 ns of waiting
 */
public record BucketStats(
        BinStats bin,
        long lockWaitNanos,
        long lockHoldNanos,
        long lockAcquisitions,
        long lockContention) {}
