package cordwood.lsm.table;

import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import java.lang.foreign.MemorySegment;

/**
 * Gathers the entries of a table's directory: a page of them at a time, and the root over pages.
 */
final class DirectoryWriter {

    /** Bytes of a full page, and of the root at most. */
    static final int PAGE_BYTES = (32 << 10) / DirectoryEntry.BYTES * DirectoryEntry.BYTES;

    private static final int ENTRIES_MAX = PAGE_BYTES / DirectoryEntry.BYTES;

    /** Blocks that a directory can name. */
    static final int BLOCKS_MAX = ENTRIES_MAX * ENTRIES_MAX;

    /** Memory that a writer needs. */
    static final int ROOM_BYTES = 2 * PAGE_BYTES;

    private final MemorySegment page;
    private final MemorySegment root;
    private final BlockBounds pageBounds = new BlockBounds();
    private int pageEnd;
    private int rootEnd;

    DirectoryWriter(MemorySegment room) {
        page = room.asSlice(0, PAGE_BYTES);
        root = room.asSlice(PAGE_BYTES, PAGE_BYTES);
    }

    boolean isPageFull() {
        return pageEnd == PAGE_BYTES;
    }

    boolean isPageEmpty() {
        return pageEnd == 0;
    }

    void enter(BlockBounds bounds, long offset, int storedBytes, int rawBytes) {
        DirectoryEntry.write(page, pageEnd, bounds, offset, storedBytes, rawBytes);
        pageEnd += DirectoryEntry.BYTES;
        pageBounds.include(bounds);
    }

    /** The entries since the last page. */
    MemorySegment page() {
        return page.asSlice(0, pageEnd);
    }

    /** Enters the page into the root and begins another. */
    void enterPage(long offset, int bytes) {
        if (rootEnd == PAGE_BYTES) {
            throw new StoreException.Internal(
                    "the table has more pages than a root", Outcome.NOT_APPLIED, null);
        }
        DirectoryEntry.write(root, rootEnd, pageBounds, offset, bytes, bytes);
        rootEnd += DirectoryEntry.BYTES;
        pageEnd = 0;
        pageBounds.clear();
    }

    /** The entries of all pages. */
    MemorySegment root() {
        return root.asSlice(0, rootEnd);
    }
}
