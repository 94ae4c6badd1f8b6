package cordwood.bench.crash;

import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.Order;
import cordwood.store.StreamBounds;
import cordwood.store.StreamCursor;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

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
    private final List<Receipt> unsynced = new ArrayList<>();
    private long durableSequence;
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
        switch (receipt.kind()) {
            case READY -> {
                durableSequence = 0;
                unsynced.clear();
            }
            case PUTS_AHEAD -> raise(ahead, receipt);
            case TRIM_AHEAD -> raise(aheadTrim, receipt);
            case TRIMMED -> raise(promisedTrim, receipt);
            case WRITTEN -> unsynced.add(receipt);
            case DURABLE -> {
                raise(promised, receipt);
                durableSequence = Math.max(durableSequence, receipt.sequence());
            }
        }
        promiseWhatIsKept();
    }

    private static void raise(long[] positions, Receipt receipt) {
        int stream = (int) receipt.stream();
        positions[stream] = Math.max(positions[stream], receipt.position());
    }

    /** A commit that is durable implies that every earlier one is. */
    private void promiseWhatIsKept() {
        unsynced.removeIf(receipt -> {
            boolean kept = level == Durability.WRITTEN || receipt.sequence() <= durableSequence;
            if (kept) {
                raise(promised, receipt);
            }
            return kept;
        });
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
        Set<Long> held = new TreeSet<>();
        for (int stream = 0; stream < KillPlan.STREAMS; stream++) {
            if (verify(store, stream, violations)) {
                held.add((long) stream);
            }
        }
        verifyList(store, held, violations);
        return violations;
    }

    private static void verifyList(StreamStore store, Set<Long> held, List<String> violations) {
        Set<Long> unlisted = new TreeSet<>(held);
        try (StreamCursor cursor = store.streams(KillPlan.SPACE)) {
            while (cursor.next()) {
                if (!held.contains(cursor.stream())) {
                    violations.add(
                            "stream %d is listed, and nobody wrote it".formatted(cursor.stream()));
                }
                unlisted.remove(cursor.stream());
            }
        }
        unlisted.forEach(stream ->
                violations.add("stream %d holds something and is not listed".formatted(stream)));
    }

    /** Whether the stream holds something. */
    private boolean verify(StreamStore store, int stream, List<String> violations) {
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
        verifyAttributes(store, stream, last, violations);
        surplusRecords += Math.max(0, last - promised[stream]);
        promised[stream] = Math.max(promised[stream], last); // what is found is kept
        promisedTrim[stream] = Math.max(promisedTrim[stream], trimmedTo);
        ahead[stream] = promised[stream]; // nobody writes any more
        aheadTrim[stream] = promisedTrim[stream];
        return last != NOTHING || trimmedTo != NOTHING;
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

    private static void verifyAttributes(
            StreamStore store, int stream, long last, List<String> violations) {
        for (int id = 0; id <= WriteBatch.ATTRIBUTE_ID_MAX; id++) {
            MemorySegment attribute = store.attribute(KillPlan.SPACE, stream, id);
            if (id == KillPlan.LAST_POSITION) {
                verifyLastPosition(attribute, stream, last, violations);
            } else if (attribute != null) {
                violations.add(
                        "stream %d has attribute %d, which nobody wrote".formatted(stream, id));
            }
        }
    }

    private static void verifyLastPosition(
            @Nullable MemorySegment attribute, int stream, long last, List<String> violations) {
        if (attribute != null && attribute.byteSize() != Long.BYTES) {
            violations.add(
                    "stream %d has an attribute of %d bytes where %d were written"
                            .formatted(stream, attribute.byteSize(), Long.BYTES));
            return;
        }
        long noted =
                attribute == null ? NOTHING : attribute.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
        if (noted != last) {
            violations.add(
                    "stream %d ends at %d and its attribute says %d: a batch was torn"
                            .formatted(stream, last, noted));
        }
    }
}
