package cordwood.bench.read;

import cordwood.bench.measure.LatencyRecorder;
import cordwood.bench.run.RunControl;
import cordwood.bench.workload.Counter;
import cordwood.bench.workload.Phase;
import cordwood.bench.workload.Tally;
import cordwood.store.Cursor;
import cordwood.store.Order;
import cordwood.store.StreamStore;

/**
 * Reads records and looks at each: its position, and every byte. What is not as it was written ends
 * the run. Owned by the thread that runs its phases, one at a time.
 */
abstract class Reader {

    /** As many records as a stream has; how many that are is not known before. */
    static final long WHATEVER = -1;

    private static final int RECORDS_PER_LOOK = 1_024;

    private final RecordCheck check;
    private final LatencyRecorder latencies = new LatencyRecorder();
    private final Counter counter = new Counter();

    /** What is read. */
    final StreamStore store;

    /** What ends the run. */
    final RunControl control;

    Reader(StreamStore store, RecordCheck check, RunControl control) {
        this.store = store;
        this.check = check;
        this.control = control;
    }

    /** Reads a phase on the calling thread. */
    abstract void run(Phase phase);

    /** Time of each read, from the opening of its cursor to its close. */
    final LatencyRecorder latencies() {
        return latencies;
    }

    /** What was read and found right. */
    final Tally tally() {
        return counter.tally();
    }

    /**
     * One read. It is none, and has no latency, where its phase ends before, or nothing was there.
     *
     * @param from the lowest position that may be read
     * @param to the highest
     * @param first the position that must come first
     * @param wanted records that must come, or {@link #WHATEVER}
     * @return records read
     */
    final long read(
            HeldStream held,
            long from,
            long to,
            Order order,
            long first,
            long wanted,
            Phase phase) {
        long step = order == Order.FORWARD ? 1 : -1;
        long done = 0;
        long told = 0;
        long bytes = 0;
        long begunNanos = System.nanoTime();
        boolean isCut = false;
        try (Cursor cursor = store.read(held.space(), held.stream(), from, to, order)) {
            while (done != wanted && !isCut && cursor.next()) {
                long bodyBytes = bodyBytes(held, cursor, first + done * step);
                if (bodyBytes == RecordCheck.WRONG) {
                    return done;
                }
                bytes += bodyBytes;
                done++;
                if (done - told == RECORDS_PER_LOOK) {
                    counter.add(RECORDS_PER_LOOK, 0, bytes);
                    told = done;
                    bytes = 0;
                    isCut = control.isStopped() || phase.isOver(System.nanoTime());
                }
            }
        }
        long nanos = System.nanoTime() - begunNanos;
        boolean isWhole = !isCut && done > 0;
        if (isWhole) {
            latencies.record(nanos);
        }
        counter.add(done - told, isWhole ? 1 : 0, bytes);
        if (!isCut && wanted != WHATEVER && done != wanted) {
            control.fail(
                    "%s gave %d of the %d records from %d on".formatted(held, done, wanted, first));
        }
        return done;
    }

    private int bodyBytes(HeldStream held, Cursor cursor, long expected) {
        long position = cursor.position();
        if (position != expected) {
            control.fail(
                    "%s gave position %d where %d was due".formatted(held, position, expected));
            return RecordCheck.WRONG;
        }
        int bytes = check.bodyBytes(held.space(), held.stream(), position, cursor.value());
        if (bytes == RecordCheck.WRONG) {
            control.fail("%s has other bytes at %d than were written".formatted(held, position));
        }
        return bytes;
    }
}
