package cordwood.bench.crash;

import cordwood.store.Cursor;
import cordwood.store.Order;
import cordwood.store.StreamBounds;
import cordwood.store.StreamStore;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What the killed processes were promised, and whether a store holds it. */
final class KillOracle {

    private static final long NOTHING = -1;

    private final KillPlan plan;
    private final long[] promised = new long[KillPlan.STREAMS];
    private final long[] trimmed = new long[KillPlan.STREAMS];
    private long records;
    private long surplusRecords;

    KillOracle(KillPlan plan) {
        this.plan = plan;
        Arrays.fill(promised, NOTHING);
        Arrays.fill(trimmed, NOTHING);
    }

    void note(Receipt receipt) {
        int stream = (int) receipt.stream();
        switch (receipt.kind()) {
            case READY -> {}
            case WRITTEN, DURABLE ->
                    promised[stream] = Math.max(promised[stream], receipt.position());
            case TRIM -> trimmed[stream] = Math.max(trimmed[stream], receipt.position());
        }
    }

    /** Records read and compared so far. */
    long records() {
        return records;
    }

    /** Records found that nobody was told of; they are kept, so from here on they are promised. */
    long surplusRecords() {
        return surplusRecords;
    }

    /** Reads every stream; gives the broken promises, in words. */
    List<String> verify(StreamStore store) {
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
        if (trimmedTo < trimmed[stream] || trimmedTo > Math.max(last, NOTHING)) {
            violations.add(
                    "stream %d is trimmed to %d, and %d was acknowledged"
                            .formatted(stream, trimmedTo, trimmed[stream]));
        }
        verifyRecords(store, stream, trimmedTo + 1, last, violations);
        verifyAttribute(store, stream, last, violations);
        surplusRecords += Math.max(0, last - promised[stream]);
        promised[stream] = Math.max(promised[stream], last);
        trimmed[stream] = Math.max(trimmed[stream], trimmedTo);
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
