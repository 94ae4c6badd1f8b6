package cordwood.bench.alloc;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Slots of cells that are arenas: what is closed, and what is written to. */
final class ArenaSlots {

    final @Nullable Arena[] arenas;
    final @Nullable MemorySegment[] segments;

    ArenaSlots(int count) {
        this.arenas = new Arena[count];
        this.segments = new MemorySegment[count];
    }
}
