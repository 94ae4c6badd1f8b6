package cordwood.bench.read;

import cordwood.bench.run.RunControl;
import cordwood.bench.workload.Phase;
import cordwood.store.Order;
import cordwood.store.StreamStore;
import java.util.List;
import java.util.SplittableRandom;

/** Reads a few records of a random stream: at a random place, or the last ones. */
final class NarrowReader extends Reader {

    private final List<HeldStream> streams;
    private final ReadKind kind;
    private final long rangeRecords;
    private final Order order;
    private final SplittableRandom random;

    NarrowReader(
            StreamStore store,
            Inventory held,
            RunControl control,
            ReadThroughputConfig config,
            SplittableRandom random) {
        super(store, held.check(), control);
        this.streams = held.readable();
        this.kind = config.kind();
        this.rangeRecords = config.rangeRecords();
        this.order = config.order();
        this.random = random;
    }

    @Override
    void run(Phase phase) {
        Phase uncut = Phase.ofRecords(Long.MAX_VALUE); // a read that was begun counts
        long left = phase.recordCount();
        while (left > 0 && !control.isStopped() && !phase.isOver(System.nanoTime())) {
            HeldStream held = streams.get(random.nextInt(streams.size()));
            long count = Math.min(rangeRecords, held.recordCount());
            left -= kind == ReadKind.LAST ? last(held, count, uncut) : range(held, count, uncut);
        }
    }

    private long range(HeldStream held, long count, Phase uncut) {
        long from = random.nextLong(held.first(), held.last() - count + 2);
        long to = from + count - 1;
        long first = order == Order.FORWARD ? from : to;
        return read(held, from, to, order, first, count, uncut);
    }

    /** Backward from wherever the end is; forward from where that many are left. */
    private long last(HeldStream held, long count, Phase uncut) {
        if (order == Order.BACKWARD) {
            return read(held, Long.MIN_VALUE, Long.MAX_VALUE, order, held.last(), count, uncut);
        }
        long from = held.last() - count + 1;
        return read(held, from, Long.MAX_VALUE, order, from, count, uncut);
    }
}
