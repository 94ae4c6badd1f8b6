package cordwood.lsm.table;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.lsm.codec.Codec;
import cordwood.lsm.format.Corruption;
import cordwood.lsm.format.FieldText;
import cordwood.lsm.format.FileHeader;
import cordwood.lsm.format.FileKind;
import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.RunLength;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.format.StretchRecords;
import cordwood.lsm.format.StretchScan;
import cordwood.store.StoreException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Reads a whole table: every block, and whether its content is what the directory and the footer
 * say. Changes nothing; confined to one thread.
 */
public final class TableInspection {

    /** Told of each intact part. */
    public interface Visitor {
        /** Whether to go on with the next block. */
        boolean wantsMore();

        /** The footer, in a line for people. */
        void footer(Supplier<String> fields);

        /** An entry of the root, which names a page of the directory. */
        void page(Supplier<String> fields);

        /** An entry of a page, which names a data block. */
        void block(Supplier<String> fields);

        /**
         * The head of the block named last, which is intact.
         *
         * @param codec how its payload was compressed
         */
        void head(Codec codec, Supplier<String> fields);

        /** A stretch of the block named last. */
        void stretch(StreamKey key, StretchRecords records);

        /** Something is not what was written. What can be read behind it is read all the same. */
        void damaged(StoreException.Corrupt damage);
    }

    /**
     * The start of a table's file.
     *
     * @param fields in a line for people
     */
    public record Start(FileHeader header, int recordKind, long sizeBytes, String fields) {}

    private final Table table;
    private final Visitor visitor;
    private final StretchScan scan = new StretchScan();
    private final BlockLease page = new BlockLease();
    private final BlockLease block = new BlockLease();
    private final BlockOrder order = new BlockOrder();

    private static final long NONE = -1;

    private long nextOffset = TableDescriptor.BLOCKS_AT;
    private long lateOffset = NONE; // of a page behind the first block of the next one
    private long lateEnd;
    private boolean whole = true;
    private long recordCount;
    private long stretchBytes;
    private long blockCount;

    private TableInspection(Table table, Visitor visitor) {
        this.table = table;
        this.visitor = visitor;
    }

    /**
     * The start of a file that may be a table.
     *
     * @throws StoreException.Corrupt when it is not one
     */
    public static Start start(Disk disk, Path path) {
        MemorySegment header = MemorySegment.ofArray(new byte[TableDescriptor.HEADER.sizeBytes()]);
        try (DiskFile file = disk.openReadOnly(path)) {
            boolean isWhole = file.read(0, header.asByteBuffer()) == header.byteSize();
            if (!isWhole || !TableDescriptor.hasHeader(header)) {
                throw Corruption.at(path, 0, "the header of a table", "none that is intact");
            }
            return new Start(
                    FileHeader.read(header),
                    TableDescriptor.recordKind(header),
                    file.sizeBytes(),
                    FieldText.of(TableDescriptor.HEADER, header, 0));
        }
    }

    /**
     * Opens a file as the table that it says it is. The caller closes it.
     *
     * @throws StoreException.Corrupt when it is none
     * @throws StoreException.Invalid when a later version wrote it
     */
    public static Table open(Disk disk, Path path, Start start, BlockCache cache) {
        FileHeader header = start.header();
        FileHeader expected = FileHeader.of(FileKind.TABLE, header.store(), header.number());
        header.require(expected, path);
        if (!RecordKind.isCode(start.recordKind())) {
            throw Corruption.at(path, 0, "a kind of record", "kind " + start.recordKind());
        }
        RecordKind kind = RecordKind.ofCode(start.recordKind());
        return Table.open(
                new OpenFiles(disk),
                path,
                expected,
                kind,
                RunLength.SHORT,
                start.sizeBytes(),
                cache);
    }

    /**
     * Reads an open table.
     *
     * @param lastSequence the sequence that the record says it ends with
     */
    public static void run(Table table, long lastSequence, Visitor visitor) {
        TableInspection inspection = new TableInspection(table, visitor);
        try (BlockLease root = new BlockLease()) {
            visitor.footer(inspection::footerText);
            table.pinRoot(root);
            for (int i = 0; i < root.entryCount() && visitor.wantsMore(); i++) {
                inspection.page(root.segment(), root.entryAt(i));
            }
        } catch (StoreException.Corrupt damage) {
            inspection.note(damage);
        } finally {
            inspection.page.close();
            inspection.block.close();
        }
        if (inspection.whole && visitor.wantsMore()) {
            inspection.compareTotals(lastSequence);
        }
    }

    private String footerText() {
        MemorySegment footer = MemorySegment.ofArray(new byte[TableDescriptor.FOOTER_BYTES]);
        TableDescriptor.writeFooter(footer, 0, table.footer());
        return FieldText.of(TableDescriptor.FOOTER, footer, 0);
    }

    private void page(MemorySegment root, long entryAt) {
        visitor.page(() -> FieldText.of(TableDescriptor.ENTRY, root, entryAt));
        try {
            table.pin(TableDescriptor.KIND_PAGE, root, entryAt, page);
            boolean sameBounds =
                    page.payloadBytes() % DirectoryEntry.BYTES == 0
                            && DirectoryEntry.sameFirst(
                                    root, entryAt, page.segment(), page.entryAt(0))
                            && DirectoryEntry.sameLast(
                                    root,
                                    entryAt,
                                    page.segment(),
                                    page.entryAt(page.entryCount() - 1));
            if (!sameBounds) {
                throw unlike(root, entryAt, "a page with the keys that the root names");
            }
            for (int i = 0; i < page.entryCount() && visitor.wantsMore(); i++) {
                block(page.segment(), page.entryAt(i));
            }
        } catch (StoreException.Corrupt damage) {
            note(damage);
            nextOffset = DirectoryEntry.offset(root, entryAt);
        }
        if (visitor.wantsMore()) {
            stepOverPage(root, entryAt);
        }
    }

    private void block(MemorySegment directory, long entryAt) {
        visitor.block(() -> FieldText.of(TableDescriptor.ENTRY, directory, entryAt));
        step(directory, entryAt);
        blockCount++;
        stretchBytes += DirectoryEntry.rawBytes(directory, entryAt);
        try {
            table.pin(TableDescriptor.KIND_DATA, directory, entryAt, block);
            head(block.segment(), block.payloadAt() - TableDescriptor.BLOCK_BYTES);
            order.begin();
            long at = block.payloadAt();
            scan.scan(block.segment(), at, at + block.payloadBytes(), this::stretch);
            if (!order.isBlockOf(directory, entryAt)) {
                throw unlike(directory, entryAt, "a block with the keys that the directory names");
            }
        } catch (IllegalArgumentException e) {
            note(
                    Corruption.at(
                            table.path(),
                            DirectoryEntry.offset(directory, entryAt),
                            "stretches in order",
                            String.valueOf(e.getMessage())));
        } catch (StoreException.Corrupt damage) {
            note(damage);
        }
    }

    private void head(MemorySegment segment, long headAt) {
        Codec codec = Codec.ofId(TableDescriptor.codec(segment, headAt));
        if (codec != null) {
            visitor.head(codec, () -> FieldText.of(TableDescriptor.BLOCK, segment, headAt));
        }
    }

    private void stretch(StreamKey key, StretchRecords records) {
        if (key.kind() != table.kind()) {
            throw new IllegalArgumentException(key.kind() + " in a table of " + table.kind());
        }
        order.add(key, records.position(0), records.position(records.count() - 1));
        recordCount += records.count();
        visitor.stretch(key, records);
    }

    /** Blocks lie one behind the other: nothing of the file is left out. */
    private void step(MemorySegment directory, long entryAt) {
        long offset = DirectoryEntry.offset(directory, entryAt);
        stepOverLatePage();
        if (offset != nextOffset) {
            note(Corruption.at(table.path(), nextOffset, "a block", "the next at " + offset));
        }
        nextOffset = end(directory, entryAt);
    }

    /** A page lies behind its last block, or, as tables were written once, behind one more. */
    private void stepOverPage(MemorySegment root, long entryAt) {
        stepOverLatePage();
        if (DirectoryEntry.offset(root, entryAt) == nextOffset) {
            nextOffset = end(root, entryAt);
        } else {
            lateOffset = DirectoryEntry.offset(root, entryAt);
            lateEnd = end(root, entryAt);
        }
    }

    private void stepOverLatePage() {
        if (lateOffset == nextOffset) {
            nextOffset = lateEnd;
            lateOffset = NONE;
        }
    }

    private static long end(MemorySegment directory, long entryAt) {
        return DirectoryEntry.offset(directory, entryAt)
                + TableDescriptor.BLOCK_BYTES
                + DirectoryEntry.storedBytes(directory, entryAt);
    }

    private void compareTotals(long lastSequence) {
        stepOverLatePage();
        TableFooter footer = table.footer();
        if (footer.lastSequence() != lastSequence
                || footer.recordCount() != recordCount
                || footer.stretchBytes() != stretchBytes
                || footer.blockCount() != blockCount
                || footer.rootOffset() != nextOffset
                || lateOffset != NONE) {
            note(
                    Corruption.at(
                            table.path(),
                            table.sizeBytes() - TableDescriptor.FOOTER_BYTES,
                            "%d records in %d blocks of %d bytes up to %d, last sequence %d"
                                    .formatted(
                                            recordCount,
                                            blockCount,
                                            stretchBytes,
                                            nextOffset,
                                            lastSequence),
                            footer.toString()));
        }
    }

    private StoreException.Corrupt unlike(MemorySegment directory, long entryAt, String expected) {
        return Corruption.at(
                table.path(), DirectoryEntry.offset(directory, entryAt), expected, "others");
    }

    private void note(StoreException.Corrupt damage) {
        whole = false;
        visitor.damaged(damage);
    }
}
