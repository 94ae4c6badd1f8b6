package cordwood.memory.pool;

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
        long handle = table.addSingle(bin, bytes, alignmentBytes).allocate();
        allocs.add(bytes);
        return handle;
    }

    /**
     * Frees the cell and its slab. Of several frees of one handle only one gets past the first
     * line.
     */
    void free(Slab slab, long handle) {
        slab.defer(handle);
        slab.splice();
        table.remove(slab);
        frees.add(slab.cellBytes);
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
