package cordwood.bench.write;

import cordwood.bench.workload.Workload;

/**
 * What a run writes to. Phases are run one at a time, by one thread; the rest may be asked by any
 * while they go on.
 */
public interface WriteTarget extends Workload, AutoCloseable {

    /** The highest position that was next when the store was opened; 1 when it was empty. */
    long firstTail();

    /** Writes a number of records and waits for all of them. */
    void writeRecords(long count);

    /** Writes until a time on {@link System#nanoTime()}, and waits for what was begun. */
    void writeUntil(long deadlineNanos);

    /** Writes what is in memory to tables, where the engine has any. */
    void flush();

    /** Flushes, and has everything compacted that ever would be: later work owes nothing to it. */
    void compact();

    /** The engine's own statistics, possibly empty. */
    String statistics();

    @Override
    void close();
}
