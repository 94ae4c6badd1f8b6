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

    private static final int NONE = -1;

    private final BlockLease block = new BlockLease();
    private @Nullable TableWalk user;

    // which block it is, pinned, in the room of a scan, or at rest
    private @Nullable Table table;
    private long offset;
    private int storedBytes;
    private int rawBytes;
    private boolean isInRoom;

    // where in its payload the stream's stretches are
    private int[] stretches = new int[16];
    private int stretchCount;

    // the stretch that was taken apart, and where the payload was then
    private final StretchRecords records = new StretchRecords();
    private int loaded = NONE;
    private long loadedAt;

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
        table = null;
        isInRoom = false;
        user = null;
    }

    /** Pins nothing until the block is wanted again. */
    void rest() {
        block.release();
    }

    /** Whether it lies in the memory of a scan, and is nothing that is pinned. */
    boolean isInRoom() {
        return isInRoom;
    }

    /** Whether there is a block that rests. */
    boolean isAtRest() {
        return table != null && !block.isHeld();
    }

    /**
     * Has the block of a directory's entry in memory and finds the stream's stretches in it.
     *
     * @param room where to read it into rather than to pin it; null for none
     */
    void open(
            Table of,
            BlockLease page,
            int entry,
            boolean rising,
            int tag,
            long stream,
            @Nullable ScanRoom room) {
        long entryAt = page.entryAt(entry);
        block.release();
        table = null;
        loaded = NONE;
        offset = DirectoryEntry.offset(page.segment(), entryAt);
        storedBytes = DirectoryEntry.storedBytes(page.segment(), entryAt);
        rawBytes = DirectoryEntry.rawBytes(page.segment(), entryAt);
        isInRoom = room != null && room.tryRead(of, page, entry, rising, block);
        if (!isInRoom) {
            of.pin(TableDescriptor.KIND_DATA, offset, storedBytes, rawBytes, block);
        }
        findStretches(of, tag, stream);
        table = of;
    }

    private void findStretches(Table of, int tag, long stream) {
        MemorySegment in = block.segment();
        long start = block.payloadAt();
        long at = start;
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
                stretches[stretchCount++] = (int) (at - start);
            }
            at += Stretch.HEAD_BYTES + (long) Stretch.payloadBytes(in, at);
        }
        if (at != end) {
            throw Corruption.at(
                    of.path(),
                    offset,
                    "stretches up to the block's end",
                    "one that ends elsewhere");
        }
    }

    private void pinAgain() {
        Table of = table;
        if (of == null) {
            throw new IllegalStateException("there is no block");
        }
        MemorySegment before = records.segment();
        of.pinAgain(TableDescriptor.KIND_DATA, offset, storedBytes, rawBytes, block);
        if (!block.segment().equals(before) || block.payloadAt() != loadedAt) {
            loaded = NONE;
        }
    }

    private long at(int index) {
        return block.payloadAt() + stretches[index];
    }

    int stretchCount() {
        return stretchCount;
    }

    /** Index of the first stretch that ends at or behind a position, or their count. */
    int firstReaching(long from) {
        int index = 0;
        while (index < stretchCount && Stretch.last(block.segment(), at(index)) < from) {
            index++;
        }
        return index;
    }

    /** Index of the last stretch that starts at or before a position, or -1. */
    int lastStartedBy(long from) {
        int index = stretchCount - 1;
        while (index >= 0 && Stretch.first(block.segment(), at(index)) > from) {
            index--;
        }
        return index;
    }

    /** The records of a stretch, valid until another is loaded or the block is let go of. */
    StretchRecords load(int index) {
        if (!block.isHeld()) {
            pinAgain();
        }
        if (loaded == index) {
            return records;
        }
        MemorySegment in = block.segment();
        long at = at(index);
        loaded = NONE;
        records.load(
                in,
                at + Stretch.HEAD_BYTES,
                Stretch.payloadBytes(in, at),
                Stretch.count(in, at),
                Stretch.first(in, at));
        loaded = index;
        loadedAt = block.payloadAt();
        return records;
    }
}
