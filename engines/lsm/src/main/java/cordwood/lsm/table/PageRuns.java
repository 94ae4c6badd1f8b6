package cordwood.lsm.table;

import cordwood.lsm.format.LittleEndian;
import cordwood.lsm.format.StreamKey;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The runs that a page of a directory names: of each stream in it the first and the last position.
 * They take a small part of the page, so they stay in memory where pages do not, and most looks
 * into a table of long runs end there: of many tables that hold a stream one holds the position.
 */
final class PageRuns {

    private static final int STREAM_AT = 0;
    private static final int FIRST_AT = 8;
    private static final int LAST_AT = 16;
    private static final int TAG_AT = 24;
    private static final int RUN_BYTES = 28;

    private PageRuns() {}

    /** The runs; null where blocks hold several streams. */
    static @Nullable MemorySegment of(BlockLease page) {
        int runs = count(page);
        if (runs == 0) {
            return null;
        }
        MemorySegment target = MemorySegment.ofArray(new byte[runs * RUN_BYTES]);
        MemorySegment from = page.segment();
        int at = -RUN_BYTES;
        for (int i = 0; i < page.entryCount(); i++) {
            long entryAt = page.entryAt(i);
            if (i == 0 || !isOneRun(from, page.entryAt(i - 1), entryAt)) {
                at += RUN_BYTES;
                LittleEndian.putI64(
                        target, at + STREAM_AT, DirectoryEntry.firstStream(from, entryAt));
                LittleEndian.putI64(
                        target, at + FIRST_AT, DirectoryEntry.firstPosition(from, entryAt));
                LittleEndian.putI32(target, at + TAG_AT, DirectoryEntry.firstTag(from, entryAt));
            }
            LittleEndian.putI64(target, at + LAST_AT, DirectoryEntry.lastPosition(from, entryAt));
        }
        return target;
    }

    /** How many there are; 0 where a block holds several streams. */
    private static int count(BlockLease page) {
        MemorySegment from = page.segment();
        int runs = 0;
        for (int i = 0; i < page.entryCount(); i++) {
            long entryAt = page.entryAt(i);
            if (!isOneRun(from, entryAt, entryAt)) {
                return 0;
            }
            runs += i == 0 || !isOneRun(from, page.entryAt(i - 1), entryAt) ? 1 : 0;
        }
        return runs;
    }

    /** Whether one entry ends with the stream that another begins with. */
    private static boolean isOneRun(MemorySegment page, long at, long otherAt) {
        return DirectoryEntry.lastStream(page, at) == DirectoryEntry.firstStream(page, otherAt)
                && DirectoryEntry.lastTag(page, at) == DirectoryEntry.firstTag(page, otherAt);
    }

    /** Which of the runs is a stream's; -1 for none. */
    static int find(BlockLease runs, int tag, long stream) {
        int index = ceiling(runs, tag, stream);
        boolean isHere =
                index < runs.payloadBytes() / RUN_BYTES
                        && LittleEndian.i64(runs.segment(), at(runs, index) + STREAM_AT) == stream
                        && LittleEndian.i32(runs.segment(), at(runs, index) + TAG_AT) == tag;
        return isHere ? index : -1;
    }

    private static int ceiling(BlockLease runs, int tag, long stream) {
        int low = 0;
        int high = runs.payloadBytes() / RUN_BYTES;
        while (low < high) {
            int middle = (low + high) >>> 1;
            int order =
                    StreamKey.compare(
                            LittleEndian.i32(runs.segment(), at(runs, middle) + TAG_AT),
                            LittleEndian.i64(runs.segment(), at(runs, middle) + STREAM_AT),
                            tag,
                            stream);
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static long at(BlockLease runs, int index) {
        return runs.payloadAt() + (long) index * RUN_BYTES;
    }

    static long firstPosition(BlockLease runs, int index) {
        return LittleEndian.i64(runs.segment(), at(runs, index) + FIRST_AT);
    }

    static long lastPosition(BlockLease runs, int index) {
        return LittleEndian.i64(runs.segment(), at(runs, index) + LAST_AT);
    }
}
