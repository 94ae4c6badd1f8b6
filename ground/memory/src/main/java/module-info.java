/** Off-heap memory: one budget, chunks, arenas, epochs, pools of cells. */
@org.jspecify.annotations.NullMarked
module cordwood.memory {
    requires static transitive org.jspecify;

    exports cordwood.memory;
    exports cordwood.memory.epoch;
    exports cordwood.memory.pool;

    uses cordwood.memory.pool.AllocatorMode;

    provides cordwood.memory.pool.AllocatorMode with
            cordwood.memory.pool.SmallPoolMode;
}
