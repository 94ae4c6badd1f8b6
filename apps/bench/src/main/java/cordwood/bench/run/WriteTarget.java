package cordwood.bench.run;

import cordwood.bench.measure.LatencyRecorder;
import cordwood.store.StoreMetrics;
import java.util.List;

/**
 * What a run writes to. Phases are run one at a time, by one thread; the rest may be asked by any
 * while they go on.
 */
interface WriteTarget extends AutoCloseable {

    /** The highest position that was next when the store was opened; 1 when it was empty. */
    long firstTail();

    /** Writes a number of records and waits for all of them. */
    void writeRecords(long count);

    /** Writes until a time on {@link System#nanoTime()}, and waits for what was begun. */
    void writeUntil(long deadlineNanos);

    /** What every writer has recorded, for collecting. */
    List<LatencyRecorder> latencies();

    /** What was acknowledged so far. */
    Written written();

    StoreMetrics metrics();

    /** Writes what is in memory to tables, where the engine has any. */
    void flush();

    /** Flushes, and has everything compacted that ever would be: later work owes nothing to it. */
    void compact();

    /** The engine's own statistics, possibly empty. */
    String statistics();

    @Override
    void close();
}
