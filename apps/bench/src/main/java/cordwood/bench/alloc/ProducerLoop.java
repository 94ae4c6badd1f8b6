package cordwood.bench.alloc;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The workload of one producer: a ring of live cells, of which the oldest are freed or handed over
 * before as many new ones are allocated. A template for {@link OwnCode}.
 */
final class ProducerLoop<S> implements Producer {

    private static final int CHUNK_CELLS = 1024;

    private final Cells<S> cells;
    private final @Nullable HandOver<S> handOver;
    private final int[] sizes;
    private final int lifetime;
    private final int burst;
    private final int chunk;
    private final S ring;
    private final Histogram allocations = CellLatency.histogram();
    private final Histogram frees = CellLatency.histogram();
    private @Nullable Batch<S> filling;
    private int turn;
    private int slot;
    private long allocated;
    private boolean filled;

    /**
     * @param handOver takes what is freed by another thread; null when nothing is
     * @param sizes what is allocated in turn; a negative one says that the cell freed in its turn
     *     is handed over
     * @param lifetime allocations that a cell lives for, a multiple of {@code burst}
     * @param published whether readers look at the newest cell
     */
    ProducerLoop(
            Cells<S> cells,
            @Nullable HandOver<S> handOver,
            int[] sizes,
            int lifetime,
            int burst,
            boolean published) {
        this.cells = cells;
        this.handOver = handOver;
        this.sizes = sizes;
        this.lifetime = lifetime;
        this.burst = burst;
        this.chunk =
                published
                        ? Math.min(CHUNK_CELLS, Math.max(1, lifetime / 2))
                        : Math.max(CHUNK_CELLS, burst);
        this.ring = cells.newSlots(lifetime);
        this.filling = handOver == null ? null : handOver.takeEmpty();
    }

    @Override
    public long run(long deadlineNanos) {
        long before = allocated;
        do {
            runChunk();
            readersMayLook();
        } while (System.nanoTime() < deadlineNanos);
        return allocated - before;
    }

    @Override
    public long runTimed(long deadlineNanos) {
        long before = allocated;
        runChunk(); // what the other contenders left in the caches is not measured
        do {
            runChunkTimed();
            readersMayLook();
        } while (System.nanoTime() < deadlineNanos);
        return allocated - before;
    }

    /** For the length of the next chunk, which is over before that cell's life is. */
    private void readersMayLook() {
        cells.unpublish();
        cells.publish(ring, slot == 0 ? lifetime - 1 : slot - 1);
    }

    private void runChunk() {
        if (burst == 1) {
            runSteadyChunk();
        } else {
            runBurstyChunk();
        }
    }

    /** As {@link #runBurstyChunk}, with as little as can be around the calls. */
    private void runSteadyChunk() {
        int at = turn;
        int place = slot;
        for (int done = 0; done < chunk; done++) {
            int size = sizes[at];
            if (size < 0) {
                handOver(place);
            } else {
                cells.free(ring, place);
            }
            cells.allocate(ring, place, bytes(size));
            cells.touch(ring, place);
            if (++at == sizes.length) {
                at = 0;
            }
            if (++place == lifetime) {
                place = 0;
                filled = true;
            }
        }
        turn = at;
        slot = place;
        allocated += chunk;
    }

    private void runBurstyChunk() {
        for (int done = 0; done < chunk; done += burst) {
            int first = slot;
            for (int i = 0; i < burst; i++) {
                if (sizes[at(i)] < 0) {
                    handOver(first + i);
                } else {
                    cells.free(ring, first + i);
                }
            }
            for (int i = 0; i < burst; i++) {
                cells.allocate(ring, first + i, bytes(sizes[at(i)]));
                cells.touch(ring, first + i);
            }
            advance();
        }
    }

    private void runChunkTimed() {
        for (int done = 0; done < chunk; done += burst) {
            int first = slot;
            for (int i = 0; i < burst; i++) {
                if (sizes[at(i)] < 0) {
                    handOver(first + i);
                } else {
                    long begun = System.nanoTime();
                    cells.free(ring, first + i);
                    CellLatency.record(frees, System.nanoTime() - begun);
                }
            }
            for (int i = 0; i < burst; i++) {
                int bytes = bytes(sizes[at(i)]);
                long begun = System.nanoTime();
                cells.allocate(ring, first + i, bytes);
                CellLatency.record(allocations, System.nanoTime() - begun);
                cells.touch(ring, first + i);
            }
            advance();
        }
    }

    private int at(int i) {
        int at = turn + i;
        return at < sizes.length ? at : (turn + i) % sizes.length;
    }

    private static int bytes(int size) {
        return size & Integer.MAX_VALUE;
    }

    private void advance() {
        allocated += burst;
        slot += burst;
        if (slot == lifetime) {
            slot = 0;
            filled = true;
        }
        turn += burst;
        if (turn >= sizes.length) {
            turn %= sizes.length;
        }
    }

    private void handOver(int place) {
        Batch<S> batch = filling;
        HandOver<S> way = handOver;
        if (batch == null || way == null || !filled) {
            return; // the ring is still being filled: there is no cell
        }
        cells.move(ring, place, batch.slots, batch.count++);
        if (batch.isFull()) {
            way.give(batch);
            filling = way.takeEmpty();
        }
    }

    @Override
    public long held() {
        // what the ring is short of at first was never allocated
        Batch<S> batch = filling;
        return Math.min(allocated, lifetime) + (batch == null ? 0 : batch.count);
    }

    @Override
    public void drain() {
        cells.unpublish();
        for (int i = 0; i < Math.min(allocated, lifetime); i++) {
            cells.free(ring, i);
        }
        Batch<S> batch = filling;
        for (int i = 0; batch != null && i < batch.count; i++) {
            cells.free(batch.slots, i);
        }
    }

    @Override
    public Histogram allocations() {
        return allocations;
    }

    @Override
    public Histogram frees() {
        return frees;
    }

    @Override
    public void close() {
        cells.close();
    }
}
