package cordwood.testkit.crash;

import cordwood.store.Durability;
import cordwood.testkit.crash.Oracle.Promise;
import java.util.ArrayList;
import java.util.List;

/** What exhaustive tests do to a store: a few calls that between them touch every file protocol. */
enum Script {
    APPEND_DURABLE,
    APPEND_WRITTEN_TWO_STREAMS,
    APPEND_LARGE,
    PIPELINE,
    TRIM,
    FLUSH,
    COMPACT,
    REOPEN;

    private static final StreamKey FIRST = new StreamKey(Traffic.SPACE, 1);
    private static final StreamKey SECOND = new StreamKey(Traffic.OTHER_SPACE, 1);

    /** All workloads of up to so many calls, shorter ones first. */
    static List<List<Script>> workloads(int callsMax) {
        List<List<Script>> all = new ArrayList<>();
        List<List<Script>> previous = List.of(List.of());
        for (int i = 0; i <= callsMax; i++) {
            all.addAll(previous);
            List<List<Script>> longer = new ArrayList<>();
            for (List<Script> workload : previous) {
                for (Script call : values()) {
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
        long position = index * 10L;
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
                    session.append(List.of(put(SECOND, position, 9_000)), Durability.DURABLE);
            case PIPELINE -> {
                session.append(List.of(put(FIRST, position, 300)), Durability.BUFFERED);
                session.append(List.of(put(SECOND, position, 300)), Durability.DURABLE);
                session.append(List.of(put(FIRST, position + 1, 300)), Durability.WRITTEN);
            }
            case TRIM ->
                    session.append(
                            List.of(new Operation.Trim(FIRST, position - 10)), Durability.WRITTEN);
            case FLUSH -> session.flush();
            case COMPACT -> session.compact();
            case REOPEN -> {
                Promise kept = session.isStopped() ? Promise.PROCESS_DEATH : Promise.VISIBLE;
                session.close();
                session.open();
                session.recovered(kept);
            }
        }
        var failure = session.settle();
        if (failure != null) {
            throw failure;
        }
    }

    private static Operation put(StreamKey key, long position, int valueBytes) {
        return new Operation.Put(key, position, position * 31 + key.hashCode(), valueBytes);
    }
}
