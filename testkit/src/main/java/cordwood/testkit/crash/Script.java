package cordwood.testkit.crash;

import cordwood.store.Durability;
import cordwood.store.StoreException;
import cordwood.testkit.crash.Oracle.Promise;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * What exhaustive tests do to a store: a few calls that between them touch every file protocol, and
 * some that make it merge.
 */
enum Script {
    APPEND_DURABLE,
    APPEND_WRITTEN_TWO_STREAMS,
    APPEND_LARGE,
    PIPELINE,
    TRIM,
    FLUSH,
    COMPACT,
    REOPEN,
    /** Records and attributes over older ones, flushed one by one: so many small tables. */
    ROWS,
    /** A table of several blocks, all of one stream. */
    TABLE,
    LARGE_TABLE,
    /** A trim of most of the last such table. */
    TRIM_MOST,
    /** A trim of everything before. */
    TRIM_ALL,
    /** Puts until nothing more finds room. */
    FILL,
    /** Lets background work do what it wants to do. */
    REST,
    /** The same once it is time to look what was trimmed. */
    REST_LATER,
    CHECKPOINT;

    private static final Set<Script> SHORT = EnumSet.range(APPEND_DURABLE, REOPEN);
    private static final long POSITIONS = 1_000;
    private static final int ROWS_FLUSHED = 7;
    private static final int TABLE_RECORDS = 8;
    private static final int LARGE_TABLE_RECORDS = 100;
    private static final int LARGE_BYTES = 9_000;
    private static final int REFUSALS_IN_A_ROW = 5;
    private static final long LATER_NANOS = 1_100_000_000;

    private static final StreamKey FIRST = new StreamKey(Traffic.SPACE, 1);
    private static final StreamKey SECOND = new StreamKey(Traffic.OTHER_SPACE, 1);

    /** Each of those that short workloads are made of. */
    static List<Script> each() {
        return List.copyOf(SHORT);
    }

    /** All workloads of up to so many calls, shorter ones first. */
    static List<List<Script>> workloads(int callsMax) {
        List<List<Script>> all = new ArrayList<>();
        List<List<Script>> previous = List.of(List.of());
        for (int i = 0; i <= callsMax; i++) {
            all.addAll(previous);
            List<List<Script>> longer = new ArrayList<>();
            for (List<Script> workload : previous) {
                for (Script call : SHORT) {
                    List<Script> next = new ArrayList<>(workload);
                    next.add(call);
                    longer.add(next);
                }
            }
            previous = longer;
        }
        return all;
    }

    /**
     * Makes the call and waits for it.
     *
     * @param index which call of the workload it is
     */
    void on(Session session, int index) {
        long position = index * POSITIONS;
        switch (this) {
            case APPEND_DURABLE ->
                    session.append(List.of(put(FIRST, position, 100)), Durability.DURABLE);
            case APPEND_WRITTEN_TWO_STREAMS ->
                    session.append(
                            List.of(
                                    put(FIRST, position, 50),
                                    put(SECOND, position, 60),
                                    new Operation.Attribute(FIRST, 1, position, 8),
                                    put(FIRST, position + 1, 40)),
                            Durability.WRITTEN);
            case APPEND_LARGE ->
                    session.append(List.of(put(SECOND, position, LARGE_BYTES)), Durability.DURABLE);
            case PIPELINE -> {
                session.append(List.of(put(FIRST, position, 300)), Durability.BUFFERED);
                session.append(List.of(put(SECOND, position, 300)), Durability.DURABLE);
                session.append(List.of(put(FIRST, position + 1, 300)), Durability.WRITTEN);
            }
            case TRIM -> trim(session, position - POSITIONS, FIRST);
            case FLUSH -> session.flush();
            case COMPACT -> session.compact();
            case REOPEN -> {
                Promise kept = session.isStopped() ? Promise.PROCESS_DEATH : Promise.VISIBLE;
                session.close();
                session.open();
                session.recovered(kept);
            }
            case ROWS -> rows(session, position);
            case TABLE -> table(session, position, TABLE_RECORDS);
            case LARGE_TABLE -> table(session, position, LARGE_TABLE_RECORDS);
            case TRIM_MOST -> trimMost(session);
            case TRIM_ALL -> trim(session, position - 1, FIRST, SECOND);
            case FILL -> fill(session, position);
            case REST -> session.rest();
            case REST_LATER -> {
                LockSupport.parkNanos(LATER_NANOS);
                session.rest();
            }
            case CHECKPOINT -> session.checkpoint(copy(index));
        }
        var failure = session.settle();
        if (failure != null) {
            throw failure;
        }
    }

    private static Path copy(int index) {
        return Session.DIRECTORY.resolveSibling("copy-%016x".formatted(index));
    }

    private static void rows(Session session, long position) {
        for (int row = 0; row < ROWS_FLUSHED; row++) {
            session.append(
                    List.of(
                            put(FIRST, position + row, 300),
                            new Operation.Put(FIRST, position, row, 200),
                            put(SECOND, position + row, 100),
                            new Operation.Attribute(FIRST, 1, position + row, 20)),
                    Durability.WRITTEN);
            session.flush();
        }
    }

    private static void table(Session session, long position, int records) {
        for (int i = 0; i < records; i++) {
            session.append(List.of(put(FIRST, position + i, LARGE_BYTES)), Durability.WRITTEN);
        }
        session.flush();
        session.compact();
    }

    private static void trimMost(Session session) {
        session.with(store -> {
            long last = store.bounds(FIRST.space(), FIRST.stream()).last();
            long keptRecords = last % POSITIONS / 5;
            trim(session, last - keptRecords, FIRST);
        });
    }

    private static void fill(Session session, long position) {
        int refusals = 0;
        for (long next = position; refusals < REFUSALS_IN_A_ROW; ) {
            session.append(List.of(put(SECOND, next, LARGE_BYTES)), Durability.DURABLE);
            StoreException failure = session.settle();
            if (failure == null) {
                next++;
                refusals = 0;
            } else if (failure instanceof StoreException.Full) {
                refusals++;
                session.rest();
            } else {
                throw failure;
            }
        }
    }

    private static void trim(Session session, long to, StreamKey... keys) {
        List<Operation> trims = new ArrayList<>();
        for (StreamKey key : keys) {
            trims.add(new Operation.Trim(key, to));
        }
        session.append(trims, Durability.WRITTEN);
    }

    private static Operation put(StreamKey key, long position, int valueBytes) {
        return new Operation.Put(key, position, position * 31 + key.hashCode(), valueBytes);
    }
}
