package cordwood.lsm.table;

/** How much of a table is of one space, as its directory tells. */
public final class SpaceShare {

    private SpaceShare() {}

    /**
     * Bytes of the file that are of a space: all, or those of the blocks with some of its records.
     *
     * @param table one that the caller keeps open
     * @param tag kind and space
     */
    public static long bytes(Table table, int tag) {
        try (BlockLease root = new BlockLease();
                BlockLease page = new BlockLease()) {
            table.pinRoot(root);
            int last = root.entryCount() - 1;
            if (DirectoryEntry.firstTag(root.segment(), root.entryAt(0)) == tag
                    && DirectoryEntry.lastTag(root.segment(), root.entryAt(last)) == tag) {
                return table.sizeBytes();
            }
            long bytes = 0;
            for (int i = root.ceiling(tag, Long.MIN_VALUE, Long.MIN_VALUE);
                    i <= last && mayHold(root, i, tag);
                    i++) {
                table.pinPage(root, i, page);
                bytes += bytesOfBlocks(page, tag);
            }
            return bytes;
        }
    }

    private static long bytesOfBlocks(BlockLease page, int tag) {
        long bytes = 0;
        for (int i = page.ceiling(tag, Long.MIN_VALUE, Long.MIN_VALUE);
                i < page.entryCount() && mayHold(page, i, tag);
                i++) {
            int storedBytes = DirectoryEntry.storedBytes(page.segment(), page.entryAt(i));
            bytes += TableDescriptor.BLOCK_BYTES + storedBytes;
        }
        return bytes;
    }

    /** Of an entry that ends at the space or behind it. */
    private static boolean mayHold(BlockLease directory, int index, int tag) {
        return DirectoryEntry.firstTag(directory.segment(), directory.entryAt(index)) <= tag;
    }
}
