/** The allocator modes that call native libraries: system and mimalloc. Needs native access. */
@org.jspecify.annotations.NullMarked
module cordwood.memory.nativemodes {
    requires static transitive org.jspecify;
    requires transitive cordwood.memory;

    exports cordwood.memory.nativemodes;

    provides cordwood.memory.pool.AllocatorMode with
            cordwood.memory.nativemodes.SystemMode,
            cordwood.memory.nativemodes.MimallocMode;
}
