package cordwood.memory.pool;

import cordwood.memory.pool.DeferredList.Pushed;
import cordwood.memory.stack.StackRoom;

/**
 * Cells with a region of their own: too large for a size class, or too strictly aligned. For any
 * number of threads.
 */
final class Fallback {

    private final SlabTable table;
    private final Bin bin;
    private final SizeHistogram allocs = new SizeHistogram();
    private final SizeHistogram frees = new SizeHistogram();
    private final SizeHistogram resizes = new SizeHistogram();
    private final SizeHistogram remaps = new SizeHistogram();

    Fallback(SlabTable table) {
        this.table = table;
        this.bin = Bin.ofFallback(table);
    }

    long allocate(int bytes, int alignmentBytes) {
        StackRoom.require();
        Slab slab = table.addSingle(bin, bytes, alignmentBytes);
        allocs.add(bytes);
        return slab.allocate();
    }

    /**
     * Frees the cell and its slab. Of several frees of one handle only one gets past the push;
     * answers false for the others.
     */
    boolean free(Slab slab, long handle, boolean retired) {
        StackRoom.require();
        Pushed pushed = retired ? slab.deferRetired(handle) : slab.defer(handle);
        if (pushed == Pushed.REFUSED) {
            return false;
        }
        slab.splice();
        frees.add(slab.bytesAtFirst());
        table.remove(slab);
        return true;
    }

    void countResize(int bytes) {
        resizes.add(bytes);
    }

    void countRemap(int bytes) {
        remaps.add(bytes);
    }

    FallbackStats stats() {
        return new FallbackStats(
                allocs.counts(), frees.counts(), resizes.counts(), remaps.counts());
    }
}
