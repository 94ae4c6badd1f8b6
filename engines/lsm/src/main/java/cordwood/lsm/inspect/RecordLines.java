package cordwood.lsm.inspect;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import cordwood.lsm.format.LittleEndian;
import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.format.Stretch;
import cordwood.lsm.format.StretchRecords;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;

/** A line for each record. */
final class RecordLines {

    private static final int BYTES_SHOWN_MAX = 16;

    private RecordLines() {}

    static void add(StreamKey key, StretchRecords records, Listing listing) {
        for (int i = 0; i < records.count() && !listing.isFull(); i++) {
            int index = i;
            listing.add(() -> line(key, records, index));
        }
    }

    private static String line(StreamKey key, StretchRecords records, int index) {
        return "      space=%d stream=%d %s bytes=%d %s"
                .formatted(
                        key.space(),
                        key.stream(),
                        place(key, records, index),
                        records.valueBytes(index),
                        start(records, index));
    }

    private static String place(StreamKey key, StretchRecords records, int index) {
        long position = records.position(index);
        if (key.kind() == RecordKind.RECORDS) {
            return "position=" + position;
        }
        if (position != Stretch.TRIM_POINT_ID) {
            return "attribute=" + position;
        }
        return "trimmed_to=" + LittleEndian.i64(records.segment(), records.valueAt(index));
    }

    private static String start(StretchRecords records, int index) {
        int bytes = Math.min(BYTES_SHOWN_MAX, records.valueBytes(index));
        MemorySegment start = records.segment().asSlice(records.valueAt(index), bytes);
        String dots = bytes < records.valueBytes(index) ? "…" : "";
        return HexFormat.of().formatHex(start.toArray(JAVA_BYTE)) + dots;
    }
}
