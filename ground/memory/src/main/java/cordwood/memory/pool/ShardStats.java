package cordwood.memory.pool;

import java.util.List;

/**
 * One shard.
 *
 * @param number its number
 * @param leased whether a local pool has it
 * @param failedClaims how often somebody found it taken and went elsewhere
 * @param crossFrees frees of other shards' cells attempted by threads at home here, all deferred
 * @param bins its size classes
 */
public record ShardStats(
        int number, boolean leased, long failedClaims, long crossFrees, List<BinStats> bins) {}
