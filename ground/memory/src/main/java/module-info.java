/** Off-heap memory: one budget, chunks, arenas, the sharded small pool, epochs. */
@org.jspecify.annotations.NullMarked
module cordwood.memory {
    requires static transitive org.jspecify;

    exports cordwood.memory;
    exports cordwood.memory.epoch;
    exports cordwood.memory.pool;
}
