package cordwood.memory.pool;

import java.util.List;

/**
 * The fallback's events by size; see {@link PoolStats#SIZE_BOUNDS}.
 *
 * @param allocs cells allocated
 * @param frees cells freed
 * @param resizes cells resized in place
 * @param remaps cells copied to another size
 */
public record FallbackStats(
        List<Long> allocs, List<Long> frees, List<Long> resizes, List<Long> remaps) {}
