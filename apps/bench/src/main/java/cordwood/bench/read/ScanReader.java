package cordwood.bench.read;

import cordwood.bench.run.RunControl;
import cordwood.bench.workload.Phase;
import cordwood.store.Order;
import cordwood.store.StreamStore;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Reads streams from end to end, one after the other, those that no other reader has begun. */
final class ScanReader extends Reader {

    private final List<HeldStream> streams;
    private final Order order;
    private final AtomicLong turns;

    /**
     * @param turns streams that the readers have begun in a phase; set to 0 before each
     */
    ScanReader(
            StreamStore store, Inventory held, RunControl control, Order order, AtomicLong turns) {
        super(store, held.check(), control);
        this.streams = held.readable();
        this.order = order;
        this.turns = turns;
    }

    @Override
    void run(Phase phase) {
        while (!control.isStopped() && !phase.isOver(System.nanoTime())) {
            long turn = turns.getAndIncrement();
            if (turn >= streams.size() && !phase.timed()) {
                return;
            }
            HeldStream held = streams.get((int) (turn % streams.size()));
            long first = order == Order.FORWARD ? held.first() : held.last();
            read(held, held.first(), held.last(), order, first, held.recordCount(), phase);
        }
    }
}
