package cordwood.loglet;

import cordwood.testkit.Bytes;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** One thing that happens to the loglets of a history. */
sealed interface HistoryStep {

    /** A store, given by what its records follow from; nobody waits for its answer. */
    record Store(
            RequestHeader header,
            NodeId peer,
            NodeId sequencer,
            boolean repair,
            boolean expired,
            long first,
            int count,
            int seed)
            implements HistoryStep {

        Request.Store request() {
            List<LogRecord> records = new ArrayList<>();
            SplittableRandom random = new SplittableRandom(seed);
            for (int i = 0; i < count; i++) {
                records.add(record(random));
            }
            return new Request.Store(
                    header,
                    expired ? 1 : Request.Store.NO_TIMEOUT,
                    repair ? Request.Store.IGNORE_SEAL : 0,
                    first,
                    sequencer,
                    records);
        }

        private static LogRecord record(SplittableRandom random) {
            long key = random.nextInt(6);
            Keys keys =
                    switch (random.nextInt(4)) {
                        case 0 -> Keys.NONE;
                        case 1 -> new Keys.Single(key);
                        case 2 -> new Keys.Pair(key, random.nextInt(6));
                        default -> new Keys.Range(key, key + random.nextInt(3));
                    };
            MemorySegment body = Bytes.random(random.nextLong(), random.nextInt(120));
            return new LogRecord(random.nextLong(), keys, body);
        }
    }

    /** Another request; everything before it is waited for first, and then its answer. */
    record Ask(Request request) implements HistoryStep {}

    /** Somebody begins to wait for a tail; nobody waits for that. */
    record Await(Request.WaitForTail request) implements HistoryStep {}

    /** Everything is closed and opened again. */
    record Reopen() implements HistoryStep {}

    /** The store is closed under the loglets, and everything is opened again. */
    record Crash() implements HistoryStep {}
}
