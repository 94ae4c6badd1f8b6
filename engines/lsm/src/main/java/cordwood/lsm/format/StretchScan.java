package cordwood.lsm.format;

import java.lang.foreign.MemorySegment;

/** Goes through a row of stretches and believes nothing. A flyweight, confined to one thread. */
public final class StretchScan {

    private static final int SPACE_MAX = 254;

    /** Told of each stretch that is well-formed, in their order. */
    @FunctionalInterface
    public interface Visitor {
        /** A stretch: its records are valid until the visitor returns. */
        void stretch(StreamKey key, StretchRecords records);
    }

    private final StretchRecords records = new StretchRecords();

    /** A scan of nothing yet. */
    public StretchScan() {}

    /**
     * Scans the stretches between two offsets.
     *
     * @throws IllegalArgumentException when they are not whole stretches, in words for a message
     */
    public void scan(MemorySegment source, long from, long to, Visitor visitor) {
        MemorySegment bounded = source.asSlice(0, to);
        long at = from;
        while (at < to) {
            if (to - at < Stretch.HEAD_BYTES) {
                throw new IllegalArgumentException((to - at) + " bytes behind the last stretch");
            }
            int payloadBytes = Stretch.payloadBytes(bounded, at);
            long payloadAt = at + Stretch.HEAD_BYTES;
            if (payloadBytes < 0 || payloadBytes > to - payloadAt) {
                throw new IllegalArgumentException("a stretch of " + payloadBytes + " bytes");
            }
            StreamKey key = key(bounded, at);
            load(bounded, at, payloadBytes);
            requirePositions(key, bounded, at);
            visitor.stretch(key, records);
            at = payloadAt + payloadBytes;
        }
    }

    private static StreamKey key(MemorySegment source, long at) {
        int tag = Stretch.tag(source, at);
        int space = tag & 0xFF;
        if (!RecordKind.isCode(tag >>> 8) || space == 0 || space > SPACE_MAX) {
            throw new IllegalArgumentException("a stretch of kind and space " + tag);
        }
        return StreamKey.of(tag, Stretch.stream(source, at));
    }

    private void load(MemorySegment source, long at, int payloadBytes) {
        try {
            records.load(
                    source,
                    at + Stretch.HEAD_BYTES,
                    payloadBytes,
                    Stretch.count(source, at),
                    Stretch.first(source, at));
        } catch (IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("records beyond their block", e);
        }
    }

    private void requirePositions(StreamKey key, MemorySegment source, long at) {
        int last = records.count() - 1;
        if (records.position(last) != Stretch.last(source, at)) {
            throw new IllegalArgumentException(
                    "a stretch up to %d that ends at %d"
                            .formatted(Stretch.last(source, at), records.position(last)));
        }
        for (int i = 1; i <= last; i++) {
            if (records.position(i) <= records.position(i - 1)) {
                throw new IllegalArgumentException(
                        "position %d behind %d"
                                .formatted(records.position(i), records.position(i - 1)));
            }
        }
        if (key.kind() == RecordKind.ATTRIBUTES) {
            requireAttributes(last);
        }
    }

    private void requireAttributes(int last) {
        boolean isTrimmed = records.position(last) == Stretch.TRIM_POINT_ID;
        if (records.position(0) < 0
                || records.position(last) > Stretch.TRIM_POINT_ID
                || (isTrimmed && records.valueBytes(last) != Long.BYTES)) {
            throw new IllegalArgumentException(
                    "attributes %d to %d of %d bytes"
                            .formatted(
                                    records.position(0),
                                    records.position(last),
                                    records.valueBytes(last)));
        }
    }
}
