package cordwood.lsm.table;

import cordwood.lsm.format.StreamKey;
import cordwood.lsm.format.StretchRecords;
import cordwood.lsm.format.StretchWalk;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A walk over one stream in a table; used while the table is pinned. */
public final class TableWalk extends StretchWalk {

    private final OpenBlocks blocks;
    private final BlockLease root;
    private final BlockLease page;
    private final BlockLease runs;

    private @Nullable Table table;
    private int tag;
    private long stream;

    // where the walk is, while it has a block
    private @Nullable OpenBlock open;
    private int pageIndex;
    private int entryIndex;
    private int stretchIndex;

    /** A walk over nothing, which shares what it has in memory with others. */
    public TableWalk(OpenBlocks blocks) {
        this.blocks = blocks;
        this.root = blocks.root();
        this.page = blocks.page();
        this.runs = blocks.runs();
    }

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
        giveBack();
        if (table().startsWith(tag, stream) && rising && from <= table().firstPosition()) {
            bound(table().firstPosition());
            return true;
        }
        if (table().endsWith(tag, stream) && !rising && from >= table().lastPosition()) {
            bound(table().lastPosition());
            return true;
        }
        if (!findPage(from, rising)) {
            return false;
        }
        if (table().tryPinRuns(pageIndex, runs)) {
            try {
                return boundInRuns(from, rising);
            } finally {
                runs.release();
            }
        }
        return findEntryInPage(from, rising);
    }

    private boolean boundInRuns(long from, boolean rising) {
        int run = PageRuns.find(runs, tag, stream);
        if (run < 0) {
            return false;
        }
        long first = PageRuns.firstPosition(runs, run);
        long last = PageRuns.lastPosition(runs, run);
        if (rising ? from > last : from < first) {
            return false;
        }
        bound(rising ? Math.max(from, first) : Math.min(from, last));
        return true;
    }

    private boolean findPage(long from, boolean rising) {
        long low = rising ? from : Long.MIN_VALUE;
        long high = rising ? Long.MAX_VALUE : from;
        if (!table().mayContain(tag, stream, low, high)) {
            return false;
        }
        pinRoot();
        pageIndex = rising ? root.ceiling(tag, stream, from) : root.floor(tag, stream, from);
        return pageIndex >= 0 && pageIndex < root.entryCount();
    }

    private boolean findEntryInPage(long from, boolean rising) {
        pinPage();
        entryIndex = rising ? page.ceiling(tag, stream, from) : page.floor(tag, stream, from);
        return isOfStream(rising) && narrow(from, rising);
    }

    private void pinRoot() {
        if (!blocks.isDirectoryOf(this)) {
            blocks.lendDirectory(this);
            table().pinRoot(root);
        }
    }

    private void pinPage() {
        table().pinPage(root, pageIndex, page);
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
    protected @Nullable StretchRecords loadFirst(long from, boolean rising) {
        OpenBlock block = open;
        if (block != null && block.isAtRest()) {
            return block.load(stretchIndex);
        }
        boolean more = findPage(from, rising) && findEntryInPage(from, rising);
        if (more) {
            block = openBlock(rising, false);
            stretchIndex = rising ? block.firstReaching(from) : block.lastStartedBy(from);
        }
        return load(more, rising);
    }

    @Override
    protected @Nullable StretchRecords loadNext(boolean rising) {
        stretchIndex += rising ? 1 : -1;
        return load(true, rising);
    }

    /** Loads the current stretch, or when the block has no more of them the next block's. */
    private @Nullable StretchRecords load(boolean inBlock, boolean rising) {
        OpenBlock block = open;
        boolean more = inBlock;
        while (more && block != null) {
            if (stretchIndex >= 0 && stretchIndex < block.stretchCount()) {
                return block.load(stretchIndex);
            }
            more = moveToNextBlock(rising);
            if (more) {
                block = openBlock(rising, true);
                stretchIndex = rising ? 0 : block.stretchCount() - 1;
            }
        }
        giveBack();
        return null;
    }

    /** Steps to the entry of the next block that can hold the stream. */
    private boolean moveToNextBlock(boolean rising) {
        if (!blocks.isDirectoryOf(this)) {
            pinRoot();
            pinPage();
        }
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

    /**
     * Has the current entry's block in memory.
     *
     * @param isNext whether it follows the one before
     */
    private OpenBlock openBlock(boolean rising, boolean isNext) {
        OpenBlock block = open;
        if (block == null) {
            block = blocks.lend(this);
            open = block;
        }
        ScanRoom room = isNext ? room(block, rising) : null;
        block.open(table(), page, entryIndex, rising, tag, stream, room);
        return block;
    }

    private @Nullable ScanRoom room(OpenBlock block, boolean rising) {
        MemorySegment in = page.segment();
        long at = page.entryAt(entryIndex);
        boolean isEndKnown =
                rising
                        ? DirectoryEntry.lastStream(in, at) == stream
                                && DirectoryEntry.lastTag(in, at) == tag
                        : DirectoryEntry.firstStream(in, at) == stream
                                && DirectoryEntry.firstTag(in, at) == tag;
        if (!isEndKnown) {
            return null;
        }
        long end =
                rising ? DirectoryEntry.lastPosition(in, at) : DirectoryEntry.firstPosition(in, at);
        return blocks.room(block, end, rising);
    }

    @Override
    protected boolean isLastInBlock(boolean rising) {
        OpenBlock block = open;
        return block != null && stretchIndex == (rising ? block.stretchCount() - 1 : 0);
    }

    /** Whether the record lies in the room of a scan. */
    public boolean isInRoom() {
        OpenBlock block = open;
        return block != null && block.isInRoom();
    }

    @Override
    public long arrival() {
        return 0; // a table holds one record at a position
    }

    /** Has its record in memory no more, and knows where in the block it is. */
    void rest() {
        unload();
    }

    /** Lets go of the block, and keeps the position. */
    void giveBack() {
        unload();
        OpenBlock block = open;
        if (block != null) {
            open = null;
            block.release();
        }
    }

    @Override
    public void release() {
        super.release();
        giveBack();
        if (blocks.isDirectoryOf(this)) {
            blocks.releaseDirectory();
        }
        table = null;
    }
}
