package cordwood.lsm.read;

import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.format.Stretch;
import cordwood.store.StreamBounds;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** Answers single questions about a stream in a pinned version. Confined to one thread. */
public final class StreamReader {

    private final Merge merge;

    /** A reader. */
    public StreamReader() {
        this(new Merge());
    }

    /** A reader that uses a merge which nobody uses meanwhile. */
    StreamReader(Merge merge) {
        this.merge = merge;
    }

    /** How far a stream was trimmed, or {@link StreamBounds#NEVER_TRIMMED}. */
    public long trimmedTo(View view, int space, long stream) {
        StreamKey key = new StreamKey(RecordKind.ATTRIBUTES, space, stream);
        try {
            merge.open(view, key, Stretch.TRIM_POINT_ID, Stretch.TRIM_POINT_ID);
            return highestTrimPoint();
        } finally {
            merge.release();
        }
    }

    /** How far a stream was trimmed by what is in tables. */
    public long trimmedToInTables(Version version, int space, long stream) {
        StreamKey key = new StreamKey(RecordKind.ATTRIBUTES, space, stream);
        try {
            version.attributes().forEach(table -> merge.add(table, key));
            return highestTrimPoint();
        } finally {
            merge.release();
        }
    }

    private long highestTrimPoint() {
        return merge.isEmpty()
                ? StreamBounds.NEVER_TRIMMED
                : merge.highest(Stretch.TRIM_POINT_ID, StreamBounds.NEVER_TRIMMED);
    }

    /** What is left of a stream. */
    public StreamBounds bounds(View view, int space, long stream) {
        long trimmedTo = trimmedTo(view, space, stream);
        if (trimmedTo == Long.MAX_VALUE) {
            return StreamBounds.empty(trimmedTo);
        }
        long from = trimmedTo == StreamBounds.NEVER_TRIMMED ? Long.MIN_VALUE : trimmedTo + 1;
        try {
            StreamKey key = new StreamKey(RecordKind.RECORDS, space, stream);
            merge.open(view, key, from, Long.MAX_VALUE);
            merge.seek(from, true);
            if (!merge.next()) {
                return StreamBounds.empty(trimmedTo);
            }
            long first = merge.position();
            merge.seek(Long.MAX_VALUE, false);
            long last = merge.next() ? merge.position() : first;
            return new StreamBounds(first, last, trimmedTo);
        } finally {
            merge.release();
        }
    }

    /** A copy of an attribute on the heap, or null when it was never set. */
    public @Nullable MemorySegment attribute(View view, int space, long stream, int id) {
        try {
            merge.open(view, new StreamKey(RecordKind.ATTRIBUTES, space, stream), id, id);
            merge.seek(id, true);
            if (!merge.next()) {
                return null;
            }
            byte[] copy = new byte[merge.valueBytes()];
            MemorySegment.copy(
                    merge.segment(), ValueLayout.JAVA_BYTE, merge.valueAt(), copy, 0, copy.length);
            return MemorySegment.ofArray(copy);
        } finally {
            merge.release();
        }
    }
}
