package cordwood.bench.alloc;

/** Cells on their way from the thread that allocated them to the one that frees them. */
final class Batch<S> {

    /** Cells handed over at once: fewer measure the hand-over, more the caches. */
    static final int CELLS = 512;

    final S slots;
    int count;

    Batch(S slots) {
        this.slots = slots;
    }

    boolean isFull() {
        return count == CELLS;
    }
}
