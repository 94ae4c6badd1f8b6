package cordwood.bench.alloc;

import cordwood.memory.pool.CellAllocator;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** A confined arena per cell: only the thread that opened it can close it. */
final class ArenaCells implements Cells<ArenaSlots> {

    @Override
    public ArenaSlots newSlots(int count) {
        return new ArenaSlots(count);
    }

    @Override
    public void allocate(ArenaSlots slots, int slot, int bytes) {
        Arena arena = Arena.ofConfined();
        slots.arenas[slot] = arena;
        slots.segments[slot] = arena.allocate(bytes, CellAllocator.ALIGNMENT_BYTES);
    }

    @Override
    public void touch(ArenaSlots slots, int slot) {
        MemorySegment segment = slots.segments[slot];
        if (segment != null) {
            segment.set(ValueLayout.JAVA_LONG, 0, slot);
        }
    }

    @Override
    public void free(ArenaSlots slots, int slot) {
        @Nullable Arena arena = slots.arenas[slot];
        if (arena != null) {
            arena.close();
        }
    }

    @Override
    public void move(ArenaSlots from, int fromSlot, ArenaSlots to, int toSlot) {
        throw new UnsupportedOperationException("a confined arena stays with its thread");
    }
}
