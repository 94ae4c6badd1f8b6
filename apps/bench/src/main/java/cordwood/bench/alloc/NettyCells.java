package cordwood.bench.alloc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** A direct buffer of Netty per cell. */
final class NettyCells implements Cells<@Nullable ByteBuf[]> {

    private final ByteBufAllocator allocator;

    NettyCells(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    @Override
    public @Nullable ByteBuf[] newSlots(int count) {
        return new ByteBuf[count];
    }

    @Override
    public void allocate(@Nullable ByteBuf[] slots, int slot, int bytes) {
        slots[slot] = allocator.directBuffer(bytes, bytes);
    }

    @Override
    public void touch(@Nullable ByteBuf[] slots, int slot) {
        ByteBuf buffer = slots[slot];
        if (buffer != null) {
            buffer.setLong(0, slot);
        }
    }

    @Override
    public void free(@Nullable ByteBuf[] slots, int slot) {
        ByteBuf buffer = slots[slot];
        if (buffer != null) {
            buffer.release();
        }
    }

    @Override
    public void move(@Nullable ByteBuf[] from, int fromSlot, @Nullable ByteBuf[] to, int toSlot) {
        to[toSlot] = from[fromSlot];
    }
}
