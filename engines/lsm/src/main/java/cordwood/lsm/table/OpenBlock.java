package cordwood.lsm.table;

import cordwood.lsm.format.Corruption;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.format.Stretch;
import cordwood.lsm.format.StretchRecords;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A pinned data block, and where in it the stretches of one stream are. Used again and again,
 * confined to one thread.
 */
final class OpenBlock {

    private final BlockLease block = new BlockLease();
    private final StretchRecords records = new StretchRecords();
    private long[] stretches = new long[16];
    private int stretchCount;
    private @Nullable TableWalk user;

    /** Who reads it, or null when it is free. */
    @Nullable TableWalk user() {
        return user;
    }

    void lendTo(TableWalk walk) {
        user = walk;
    }

    /** Lets go of the block; it is free then. */
    void release() {
        block.release();
        user = null;
    }

    /** Pins the block of a directory's entry and finds the stream's stretches in it. */
    void open(Table table, MemorySegment page, long entryAt, int tag, long stream) {
        table.pin(TableDescriptor.KIND_DATA, page, entryAt, block);
        MemorySegment in = block.segment();
        long at = block.payloadAt();
        long end = at + block.payloadBytes();
        stretchCount = 0;
        while (at < end) {
            int order = StreamKey.compare(Stretch.tag(in, at), Stretch.stream(in, at), tag, stream);
            if (order > 0) {
                return;
            }
            if (order == 0) {
                if (stretchCount == stretches.length) {
                    stretches = Arrays.copyOf(stretches, stretchCount * 2);
                }
                stretches[stretchCount++] = at;
            }
            at += Stretch.HEAD_BYTES + (long) Stretch.payloadBytes(in, at);
        }
        if (at != end) {
            throw Corruption.at(
                    table.path(),
                    DirectoryEntry.offset(page, entryAt),
                    "stretches up to the block's end",
                    "one that ends elsewhere");
        }
    }

    int stretchCount() {
        return stretchCount;
    }

    /** Index of the first stretch that ends at or behind a position, or their count. */
    int firstReaching(long from) {
        int index = 0;
        while (index < stretchCount && Stretch.last(block.segment(), stretches[index]) < from) {
            index++;
        }
        return index;
    }

    /** Index of the last stretch that starts at or before a position, or -1. */
    int lastStartedBy(long from) {
        int index = stretchCount - 1;
        while (index >= 0 && Stretch.first(block.segment(), stretches[index]) > from) {
            index--;
        }
        return index;
    }

    /** The records of a stretch, valid until another is loaded or the block is let go of. */
    StretchRecords load(int index) {
        MemorySegment in = block.segment();
        long at = stretches[index];
        records.load(
                in,
                at + Stretch.HEAD_BYTES,
                Stretch.payloadBytes(in, at),
                Stretch.count(in, at),
                Stretch.first(in, at));
        return records;
    }
}
