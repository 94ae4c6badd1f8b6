package cordwood.bench.alloc;

/** Does nothing: what is measured is the workload and the timer. */
final class EmptyCells implements Cells<long[]> {

    @Override
    public long[] newSlots(int count) {
        return new long[count];
    }

    @Override
    public void allocate(long[] slots, int slot, int bytes) {
        slots[slot] = bytes;
    }

    @Override
    public void touch(long[] slots, int slot) {}

    @Override
    public void free(long[] slots, int slot) {}

    @Override
    public void move(long[] from, int fromSlot, long[] to, int toSlot) {
        to[toSlot] = from[fromSlot];
    }
}
