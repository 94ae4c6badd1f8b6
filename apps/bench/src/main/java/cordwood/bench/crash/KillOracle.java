package cordwood.bench.crash;

import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.Order;
import cordwood.store.StreamBounds;
import cordwood.store.StreamStore;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What writing processes were promised until they were killed, or lost power, and whether a store
 * holds it. Confined to one thread at a time.
 */
public final class KillOracle {

    private static final long NOTHING = -1;

    private final KillPlan plan;
    private final Durability level;
    private final long[] promised = new long[KillPlan.STREAMS];
    private final long[] promisedTrim = new long[KillPlan.STREAMS];
    private final long[] ahead = new long[KillPlan.STREAMS];
    private final long[] aheadTrim = new long[KillPlan.STREAMS];
    private long records;
    private long surplusRecords;

    /**
     * Nothing was promised yet.
     *
     * @param seed of the values, as {@link KillWriter#run} has it
     * @param level what survives: {@link Durability#WRITTEN} a kill, {@link Durability#DURABLE} a
     *     loss of power
     */
    public KillOracle(long seed, Durability level) {
        this(new KillPlan(seed), level);
    }

    KillOracle(KillPlan plan, Durability level) {
        this.plan = plan;
        this.level = level;
        for (long[] none : List.of(promised, promisedTrim, ahead, aheadTrim)) {
            Arrays.fill(none, NOTHING);
        }
    }

    /**
     * Takes what a writing process told, to the end, which may be cut off.
     *
     * @throws IOException when that is something else, or cannot be read
     */
    public void read(InputStream told) throws IOException {
        DataInputStream in = new DataInputStream(told);
        for (Receipt next = Receipt.read(in); next != null; next = Receipt.read(in)) {
            note(next);
        }
    }

    void note(Receipt receipt) {
        int stream = (int) receipt.stream();
        switch (receipt.kind()) {
            case READY -> {}
            case PUTS_AHEAD -> raise(ahead, stream, receipt);
            case TRIM_AHEAD -> raise(aheadTrim, stream, receipt);
            case DURABLE -> raise(promised, stream, receipt);
            case TRIM_DURABLE -> raise(promisedTrim, stream, receipt);
            case WRITTEN -> raiseIfKept(promised, stream, receipt);
            case TRIM_WRITTEN -> raiseIfKept(promisedTrim, stream, receipt);
        }
    }

    private static void raise(long[] positions, int stream, Receipt receipt) {
        positions[stream] = Math.max(positions[stream], receipt.position());
    }

    private void raiseIfKept(long[] positions, int stream, Receipt receipt) {
        if (level == Durability.WRITTEN) {
            raise(positions, stream, receipt);
        }
    }

    /** Records read and compared so far. */
    public long records() {
        return records;
    }

    /** Records found that nobody was told of; they are kept, so from here on they are promised. */
    long surplusRecords() {
        return surplusRecords;
    }

    /** Reads every stream; gives the broken promises, in words. What is found is promised then. */
    public List<String> verify(StreamStore store) {
        List<String> violations = new ArrayList<>();
        for (int stream = 0; stream < KillPlan.STREAMS; stream++) {
            verify(store, stream, violations);
        }
        return violations;
    }

    private void verify(StreamStore store, int stream, List<String> violations) {
        StreamBounds bounds = store.bounds(KillPlan.SPACE, stream);
        long last = bounds.isEmpty() ? NOTHING : bounds.last();
        long trimmedTo =
                bounds.trimmedTo() == StreamBounds.NEVER_TRIMMED ? NOTHING : bounds.trimmedTo();
        if (last < promised[stream]) {
            violations.add(
                    "stream %d ends at %d, and %d was acknowledged"
                            .formatted(stream, last, promised[stream]));
        }
        if (last > ahead[stream]) {
            violations.add(
                    "stream %d ends at %d, and nothing above %d was put"
                            .formatted(stream, last, ahead[stream]));
        }
        verifyTrim(stream, trimmedTo, last, violations);
        verifyRecords(store, stream, trimmedTo + 1, last, violations);
        verifyAttribute(store, stream, last, violations);
        surplusRecords += Math.max(0, last - promised[stream]);
        promised[stream] = Math.max(promised[stream], last); // what is found is kept
        promisedTrim[stream] = Math.max(promisedTrim[stream], trimmedTo);
        ahead[stream] = promised[stream]; // nobody writes any more
        aheadTrim[stream] = promisedTrim[stream];
    }

    private void verifyTrim(int stream, long trimmedTo, long last, List<String> violations) {
        if (trimmedTo < promisedTrim[stream]) {
            violations.add(
                    "stream %d is trimmed to %d, and %d was acknowledged"
                            .formatted(stream, trimmedTo, promisedTrim[stream]));
        }
        if (trimmedTo > aheadTrim[stream]) {
            violations.add(
                    "stream %d is trimmed to %d, and nothing above %d was to be trimmed"
                            .formatted(stream, trimmedTo, aheadTrim[stream]));
        }
        if (trimmedTo != NOTHING && last < trimmedTo + KillPlan.KEPT_RECORDS - 1) {
            violations.add(
                    "stream %d ends at %d and is trimmed to %d: the trim overtook its batch"
                            .formatted(stream, last, trimmedTo));
        }
    }

    private void verifyRecords(
            StreamStore store, int stream, long first, long last, List<String> violations) {
        long expected = first;
        try (Cursor cursor =
                store.read(KillPlan.SPACE, stream, Long.MIN_VALUE, Long.MAX_VALUE, Order.FORWARD)) {
            while (cursor.next()) {
                if (cursor.position() != expected) {
                    violations.add(
                            "stream %d has position %d where %d should be"
                                    .formatted(stream, cursor.position(), expected));
                    return;
                }
                if (cursor.value().mismatch(plan.value(stream, expected)) != -1) {
                    violations.add("stream %d has other bytes at %d".formatted(stream, expected));
                    return;
                }
                expected++;
                records++;
            }
        }
        if (expected != last + 1) {
            violations.add(
                    "stream %d reads up to %d and says it ends at %d"
                            .formatted(stream, expected - 1, last));
        }
    }

    private static void verifyAttribute(
            StreamStore store, int stream, long last, List<String> violations) {
        MemorySegment attribute = store.attribute(KillPlan.SPACE, stream, KillPlan.LAST_POSITION);
        long noted = attribute == null ? NOTHING : KillWriter.position(attribute);
        if (noted != last) {
            violations.add(
                    "stream %d ends at %d and its attribute says %d: a batch was torn"
                            .formatted(stream, last, noted));
        }
    }
}
