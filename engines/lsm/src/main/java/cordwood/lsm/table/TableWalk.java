package cordwood.lsm.table;

import cordwood.lsm.format.Corruption;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.format.Stretch;
import cordwood.lsm.format.StretchRecords;
import cordwood.lsm.format.StretchWalk;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A walk over one stream in a table; used while the table is pinned. */
public final class TableWalk extends StretchWalk {

    private @Nullable Table table;
    private int tag;
    private long stream;

    private final BlockLease root = new BlockLease();
    private final BlockLease page = new BlockLease();
    private final BlockLease block = new BlockLease();
    private int pageIndex;
    private int entryIndex;

    // where in the block the stream's stretches are
    private long[] stretches = new long[16];
    private int stretchCount;
    private int stretchIndex;

    /** A walk over nothing. */
    public TableWalk() {}

    /** Sets the walk upon a stream. */
    public void set(Table upon, StreamKey key) {
        release();
        table = upon;
        tag = key.tag();
        stream = key.stream();
    }

    private Table table() {
        Table present = table;
        if (present == null) {
            throw new IllegalStateException("the walk is not set upon a table");
        }
        return present;
    }

    @Override
    protected boolean findBound(long from, boolean rising) {
        block.release();
        boolean found = findEntry(from, rising);
        releaseDirectory(); // found again when the merge gets here: most walks wait, or have ended
        return found;
    }

    private boolean findEntry(long from, boolean rising) {
        if (!table().mayContain(tag, stream)) {
            return false;
        }
        if (!root.isHeld()) {
            table().pinRoot(root);
        }
        pageIndex = rising ? root.ceiling(tag, stream, from) : root.floor(tag, stream, from);
        if (pageIndex < 0 || pageIndex >= root.entryCount()) {
            return false;
        }
        pinPage();
        entryIndex = rising ? page.ceiling(tag, stream, from) : page.floor(tag, stream, from);
        return isOfStream(rising) && narrow(from, rising);
    }

    private void pinPage() {
        table().pin(TableDescriptor.KIND_PAGE, root.segment(), root.entryAt(pageIndex), page);
    }

    /** Whether the current entry's block can hold the stream, coming from one side. */
    private boolean isOfStream(boolean rising) {
        MemorySegment in = page.segment();
        long at = page.entryAt(entryIndex);
        return rising
                ? StreamKey.compare(
                                DirectoryEntry.firstTag(in, at),
                                DirectoryEntry.firstStream(in, at),
                                tag,
                                stream)
                        <= 0
                : StreamKey.compare(
                                DirectoryEntry.lastTag(in, at),
                                DirectoryEntry.lastStream(in, at),
                                tag,
                                stream)
                        >= 0;
    }

    private boolean narrow(long from, boolean rising) {
        MemorySegment in = page.segment();
        long at = page.entryAt(entryIndex);
        if (rising
                && DirectoryEntry.firstStream(in, at) == stream
                && DirectoryEntry.firstTag(in, at) == tag) {
            bound(Math.max(from, DirectoryEntry.firstPosition(in, at)));
        } else if (!rising
                && DirectoryEntry.lastStream(in, at) == stream
                && DirectoryEntry.lastTag(in, at) == tag) {
            bound(Math.min(from, DirectoryEntry.lastPosition(in, at)));
        }
        return true;
    }

    @Override
    protected boolean loadFirst(long from, boolean rising, StretchRecords into) {
        boolean more = findEntry(from, rising);
        while (more) {
            openBlock();
            stretchIndex = rising ? firstReaching(from) : lastStartedBy(from);
            if (stretchIndex >= 0 && stretchIndex < stretchCount) {
                load(into);
                return true;
            }
            more = moveToNextBlock(rising);
        }
        releaseAll();
        return false;
    }

    private int firstReaching(long from) {
        int index = 0;
        while (index < stretchCount && Stretch.last(block.segment(), stretches[index]) < from) {
            index++;
        }
        return index;
    }

    private int lastStartedBy(long from) {
        int index = stretchCount - 1;
        while (index >= 0 && Stretch.first(block.segment(), stretches[index]) > from) {
            index--;
        }
        return index;
    }

    @Override
    protected boolean loadNext(boolean rising, StretchRecords into) {
        stretchIndex += rising ? 1 : -1;
        while (stretchIndex < 0 || stretchIndex >= stretchCount) {
            if (!moveToNextBlock(rising)) {
                releaseAll();
                return false;
            }
            openBlock();
            stretchIndex = rising ? 0 : stretchCount - 1;
        }
        load(into);
        return true;
    }

    /** Steps to the entry of the next block that can hold the stream. */
    private boolean moveToNextBlock(boolean rising) {
        entryIndex += rising ? 1 : -1;
        if (entryIndex < 0 || entryIndex >= page.entryCount()) {
            pageIndex += rising ? 1 : -1;
            if (pageIndex < 0 || pageIndex >= root.entryCount()) {
                return false;
            }
            pinPage();
            entryIndex = rising ? 0 : page.entryCount() - 1;
        }
        return isOfStream(rising);
    }

    /** Pins the current entry's block and finds the stream's stretches in it. */
    private void openBlock() {
        Table from = table();
        long entryAt = page.entryAt(entryIndex);
        from.pin(TableDescriptor.KIND_DATA, page.segment(), entryAt, block);
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
                    from.path(),
                    DirectoryEntry.offset(page.segment(), entryAt),
                    "stretches up to the block's end",
                    "one that ends elsewhere");
        }
    }

    private void load(StretchRecords into) {
        MemorySegment in = block.segment();
        long at = stretches[stretchIndex];
        into.load(
                in,
                at + Stretch.HEAD_BYTES,
                Stretch.payloadBytes(in, at),
                Stretch.count(in, at),
                Stretch.first(in, at));
    }

    @Override
    public long arrival() {
        return 0; // a table holds one record at a position
    }

    private void releaseDirectory() {
        root.release();
        page.release();
    }

    private void releaseAll() {
        releaseDirectory();
        block.release();
    }

    @Override
    public void release() {
        super.release();
        releaseAll();
        table = null;
    }
}
