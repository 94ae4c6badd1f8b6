package cordwood.lsm.table;

import java.lang.foreign.MemorySegment;

/** Tells of all blocks of a table what its directory says of them; no block itself is read. */
public final class TableBlocks {

    /** What is told. */
    @FunctionalInterface
    public interface Visitor {
        /** A block: its first and last record, and what it takes of the file. */
        void block(
                int firstTag,
                long firstStream,
                long firstPosition,
                int lastTag,
                long lastStream,
                long lastPosition,
                int storedBytes);
    }

    private TableBlocks() {}

    /**
     * Tells of every block, in order.
     *
     * @throws cordwood.store.StoreException as reading does
     */
    public static void visit(Table table, Visitor visitor) {
        try (BlockLease root = new BlockLease();
                BlockLease page = new BlockLease()) {
            table.pinRoot(root);
            for (int i = 0; i < root.entryCount(); i++) {
                table.pinPage(root, i, page);
                for (int j = 0; j < page.entryCount(); j++) {
                    tell(page.segment(), page.entryAt(j), visitor);
                }
            }
        }
    }

    private static void tell(MemorySegment in, long at, Visitor visitor) {
        visitor.block(
                DirectoryEntry.firstTag(in, at),
                DirectoryEntry.firstStream(in, at),
                DirectoryEntry.firstPosition(in, at),
                DirectoryEntry.lastTag(in, at),
                DirectoryEntry.lastStream(in, at),
                DirectoryEntry.lastPosition(in, at),
                DirectoryEntry.storedBytes(in, at));
    }
}
