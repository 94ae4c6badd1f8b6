package cordwood.bench.alloc;

import cordwood.memory.pool.CellAllocator;
import cordwood.memory.pool.NativeAllocator;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Cells of a native library by address: no handle, no check, no budget. */
final class BareCells implements Cells<long[]> {

    private final NativeAllocator library;
    private final MemorySegment addressSpace;
    private final int bytesMax;

    /**
     * @param bytesMax the largest cell of the workload: what a free says the cell's size is, so
     *     that the addresses alone need be kept
     */
    BareCells(NativeAllocator library, int bytesMax) {
        this.library = library;
        this.addressSpace = library.addressSpace();
        this.bytesMax = bytesMax;
    }

    @Override
    public long[] newSlots(int count) {
        return new long[count];
    }

    @Override
    public void allocate(long[] slots, int slot, int bytes) {
        long address = library.allocate(bytes, CellAllocator.ALIGNMENT_BYTES);
        if (address == 0) {
            throw new OutOfMemoryError("the library has no memory of " + bytes + " bytes");
        }
        slots[slot] = address;
    }

    @Override
    public void touch(long[] slots, int slot) {
        long address = slots[slot];
        addressSpace.set(ValueLayout.JAVA_LONG, address, address);
    }

    @Override
    public void free(long[] slots, int slot) {
        long address = slots[slot];
        if (address != 0) {
            library.free(address, bytesMax);
        }
    }

    @Override
    public void move(long[] from, int fromSlot, long[] to, int toSlot) {
        to[toSlot] = from[fromSlot];
    }
}
