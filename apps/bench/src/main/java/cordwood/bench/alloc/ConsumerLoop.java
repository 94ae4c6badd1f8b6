package cordwood.bench.alloc;

import org.HdrHistogram.Histogram;

/** The workload of one consumer. A template for {@link OwnCode}. */
final class ConsumerLoop<S> implements Consumer {

    private final Cells<S> cells;
    private final HandOver<S> handOver;
    private final Histogram frees = CellLatency.histogram();

    ConsumerLoop(Cells<S> cells, HandOver<S> handOver) {
        this.cells = cells;
        this.handOver = handOver;
    }

    @Override
    public long run() {
        long freed = 0;
        Batch<S> batch = handOver.take();
        while (batch != null) {
            freed += batch.count;
            free(batch);
            handOver.giveBack(batch);
            batch = handOver.take();
        }
        return freed;
    }

    @Override
    public long runTimed() {
        long freed = 0;
        Batch<S> batch = handOver.take();
        while (batch != null) {
            freed += batch.count;
            freeTimed(batch);
            handOver.giveBack(batch);
            batch = handOver.take();
        }
        return freed;
    }

    private void free(Batch<S> batch) {
        S slots = batch.slots;
        int count = batch.count;
        for (int i = 0; i < count; i++) {
            cells.free(slots, i);
        }
    }

    private void freeTimed(Batch<S> batch) {
        S slots = batch.slots;
        int count = batch.count;
        for (int i = 0; i < count; i++) {
            long begun = System.nanoTime();
            cells.free(slots, i);
            CellLatency.record(frees, System.nanoTime() - begun);
        }
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
