package cordwood.memory.pool;

/**
 * One size class of one shard or bucket.
 *
 * @param cellBytes bytes per cell; there are no headers
 * @param slabBytes bytes per slab
 * @param allocations cells handed out, ever
 * @param localFrees cells freed by the owner, ever
 * @param remoteFrees cells freed from outside, ever
 * @param deferred of those, not yet taken in by the owner
 * @param inUse cells handed out and neither freed by the owner nor taken in
 * @param highWater the most that were in use at once
 * @param refills slabs taken, ever
 * @param slabs slabs held
 * @param emptySlabs of those, kept although nothing in them is in use
 * @param freeNodes cells in the slabs held that are not in use
 * @param damagedLists lists cut because racing frees of one handle had damaged them
 */
public record BinStats(
        int cellBytes,
        int slabBytes,
        long allocations,
        long localFrees,
        long remoteFrees,
        long deferred,
        long inUse,
        long highWater,
        long refills,
        int slabs,
        int emptySlabs,
        long freeNodes,
        long damagedLists) {

    /** The part of the cells held that is in use, from 0 to 1; 1 when none is held. */
    public double occupancy() {
        long cells = inUse + freeNodes;
        return cells == 0 ? 1 : (double) inUse / cells;
    }
}
