package cordwood.lsm.table;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import cordwood.lsm.codec.Codec;
import cordwood.lsm.format.FileHeader;
import cordwood.lsm.format.StorageFailures;
import cordwood.lsm.format.StoreId;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.format.StretchRecords;
import cordwood.lsm.format.StretchScan;
import cordwood.memory.Account;
import cordwood.memory.Chunks;
import cordwood.memory.Region;
import cordwood.store.StoreException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads what is intact of a damaged table. Changes nothing; confined to one thread.
 *
 * <p>Neither directory nor footer is asked where blocks are: they lie one behind the other, and
 * each head says by its checksum, number and offset that it belongs where it is. Behind one that
 * does not, the next is searched.
 */
public final class TableSalvage implements AutoCloseable {

    /** Told of what is found, in the order of the file. */
    public interface Visitor {
        /** An intact stretch: its records are valid until the visitor returns. */
        void stretch(StreamKey key, StretchRecords records);

        /**
         * What lies between two offsets could not be read, but for the stretches that were told of
         * since the block that lies there began.
         */
        void lost(long fromOffset, long toOffset);
    }

    /**
     * What an intact footer says.
     *
     * @param lastSequence sequence of the last batch in the table
     * @param recordCount records in it
     */
    public record Totals(long lastSequence, long recordCount) {}

    /** Only counts the records that are found. */
    public static final class Count implements Visitor {
        private long records;

        /** Counts from 0. */
        public Count() {}

        /** Records so far. */
        public long records() {
            return records;
        }

        @Override
        public void stretch(StreamKey key, StretchRecords stretch) {
            records += stretch.count();
        }

        @Override
        public void lost(long fromOffset, long toOffset) {}
    }

    private static final int PROBE_BYTES = 64 << 10;

    private final Disk disk;
    private final Chunks chunks;
    private final Account account;
    private final MemorySegment window;
    private final BooleanSupplier stopping;

    private final BlockCodec codec = new BlockCodec();
    private final StretchScan scan = new StretchScan();
    private final MemorySegment probe = MemorySegment.ofArray(new byte[PROBE_BYTES]);
    private final MemorySegment head = MemorySegment.ofArray(new byte[TableDescriptor.BLOCK_BYTES]);

    /**
     * A salvage of any number of tables.
     *
     * @param account pays for blocks that are larger than the window
     * @param stopping ends it between two blocks
     */
    public TableSalvage(
            Disk disk,
            Chunks chunks,
            Account account,
            MemorySegment window,
            BooleanSupplier stopping) {
        this.disk = disk;
        this.chunks = chunks;
        this.account = account;
        this.window = window;
        this.stopping = stopping;
    }

    /** What the footer of a table says; null when it is damaged. */
    public @Nullable Totals totals(Path path, long number) {
        try (DiskFile file = disk.openReadOnly(path)) {
            TableFooter footer = footer(file, number);
            return footer == null ? null : new Totals(footer.lastSequence(), footer.recordCount());
        }
    }

    private static @Nullable TableFooter footer(DiskFile file, long number) {
        MemorySegment bytes = MemorySegment.ofArray(new byte[TableDescriptor.FOOTER_BYTES]);
        long at = file.sizeBytes() - bytes.byteSize();
        boolean isThere =
                at >= TableDescriptor.BLOCKS_AT
                        && read(file, at, bytes) == bytes.byteSize()
                        && TableDescriptor.hasFooter(bytes, 0);
        TableFooter footer = isThere ? TableDescriptor.footer(bytes, 0) : null;
        return footer != null && footer.table() == number ? footer : null;
    }

    /**
     * Reads a table.
     *
     * @param store which it belongs to; null when nobody knows
     * @param sizeBytes how long its file was made; 0 when nobody knows
     */
    public void run(
            Path path, @Nullable StoreId store, long number, long sizeBytes, Visitor visitor) {
        try (DiskFile file = disk.openReadOnly(path)) {
            long endOffset = file.sizeBytes();
            if (isForeign(file, store)) {
                visitor.lost(0, endOffset);
                return;
            }
            if (footer(file, number) != null) {
                endOffset -= TableDescriptor.FOOTER_BYTES;
            }
            long at = TableDescriptor.BLOCKS_AT;
            while (at < endOffset && !stopping.getAsBoolean()) {
                long bytes = block(file, number, at, endOffset, visitor);
                if (bytes == 0) {
                    long next = next(file, number, at + 1, endOffset);
                    visitor.lost(at, next);
                    bytes = next - at;
                }
                at += bytes;
            }
            if (file.sizeBytes() < sizeBytes) {
                visitor.lost(file.sizeBytes(), sizeBytes);
            }
        }
    }

    private static boolean isForeign(DiskFile file, @Nullable StoreId store) {
        MemorySegment header = MemorySegment.ofArray(new byte[TableDescriptor.HEADER.sizeBytes()]);
        return store != null
                && read(file, 0, header) == header.byteSize()
                && TableDescriptor.hasHeader(header)
                && !FileHeader.read(header).store().equals(store);
    }

    /** Reads the block at an offset; its bytes, or 0 when no intact one is there. */
    private long block(DiskFile file, long number, long at, long endOffset, Visitor visitor) {
        if (endOffset - at < head.byteSize()) {
            return 0;
        }
        if (read(file, at, head) < head.byteSize() || !isHead(head, 0, number, at, endOffset)) {
            return 0;
        }
        int storedBytes = TableDescriptor.storedBytes(head, 0);
        int rawBytes = TableDescriptor.rawBytes(head, 0);
        int bytes = TableDescriptor.BLOCK_BYTES + storedBytes;
        if (TableDescriptor.BLOCK_BYTES + rawBytes <= window.byteSize()) {
            boolean intact =
                    read(file, at, window.asSlice(0, bytes)) == bytes
                            && TableDescriptor.checksum(window, 0)
                                    == TableDescriptor.expectedChecksum(window, 0, storedBytes);
            if (intact) {
                scan(window, at, storedBytes, rawBytes, visitor);
            }
            return intact ? bytes : 0;
        }
        if (!hasChecksum(file, at, bytes, TableDescriptor.checksum(head, 0))) {
            return 0;
        }
        try (Region room = chunks.region(account, TableDescriptor.BLOCK_BYTES + rawBytes)) {
            if (read(file, at, room.memory().asSlice(0, bytes)) < bytes) {
                return 0;
            }
            scan(room.memory(), at, storedBytes, rawBytes, visitor);
            return bytes;
        }
    }

    private static boolean isHead(
            MemorySegment source, long sourceAt, long number, long at, long endOffset) {
        int kind = TableDescriptor.kind(source, sourceAt);
        int storedBytes = TableDescriptor.storedBytes(source, sourceAt);
        int rawBytes = TableDescriptor.rawBytes(source, sourceAt);
        return TableDescriptor.offset(source, sourceAt) == at
                && TableDescriptor.table(source, sourceAt) == number
                && kind >= TableDescriptor.KIND_DATA
                && kind <= TableDescriptor.KIND_ROOT
                && storedBytes > 0
                && rawBytes >= storedBytes
                && rawBytes <= TableDescriptor.RAW_BYTES_MAX
                && storedBytes <= endOffset - at - TableDescriptor.BLOCK_BYTES;
    }

    /** Hands on what an intact block holds, as far as it is what such a block should hold. */
    private void scan(MemorySegment room, long at, int storedBytes, int rawBytes, Visitor visitor) {
        if (TableDescriptor.kind(room, 0) == TableDescriptor.KIND_DATA
                && !isScanned(room, storedBytes, rawBytes, visitor)) {
            visitor.lost(at, at + TableDescriptor.BLOCK_BYTES + storedBytes);
        }
    }

    private boolean isScanned(MemorySegment room, int storedBytes, int rawBytes, Visitor visitor) {
        if (!isExpanded(room, storedBytes, rawBytes)) {
            return false;
        }
        long from = TableDescriptor.BLOCK_BYTES;
        try {
            scan.scan(room, from, from + rawBytes, visitor::stretch);
            return true;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private boolean isExpanded(MemorySegment room, int storedBytes, int rawBytes) {
        Codec used = Codec.ofId(TableDescriptor.codec(room, 0));
        if (used == null) {
            return false;
        }
        String refusal = used.refusal();
        if (refusal != null) {
            throw new StoreException.Invalid(
                    "blocks are compressed with %s: %s".formatted(used.text(), refusal));
        }
        return used == Codec.RAW
                ? storedBytes == rawBytes
                : codec.expand(used, room, TableDescriptor.BLOCK_BYTES, storedBytes, rawBytes);
    }

    /** A block of any length is read piece by piece: nothing vouches for the length yet. */
    private boolean hasChecksum(DiskFile file, long at, int bytes, int checksum) {
        CRC32C crc = new CRC32C();
        long from = at + TableDescriptor.BLOCK.offset("kind");
        long end = at + bytes;
        while (from < end) {
            MemorySegment part = probe.asSlice(0, Math.min(PROBE_BYTES, end - from));
            if (read(file, from, part) < part.byteSize()) {
                return false;
            }
            crc.update(part.asByteBuffer());
            from += part.byteSize();
        }
        return (int) crc.getValue() == checksum;
    }

    /** Where the next intact block is from an offset on, or the end. */
    private long next(DiskFile file, long number, long from, long endOffset) {
        long windowAt = from;
        long windowBytes = window.byteSize();
        while (endOffset - windowAt >= head.byteSize() && !stopping.getAsBoolean()) {
            long bytes = Math.min(windowBytes, endOffset - windowAt);
            int readBytes = read(file, windowAt, window.asSlice(0, bytes));
            if (readBytes < head.byteSize() && windowBytes > Disk.BLOCK_BYTES) {
                windowBytes = Disk.BLOCK_BYTES; // to come as close as can be to what is unreadable
            } else if (readBytes < head.byteSize()) {
                windowAt += Disk.BLOCK_BYTES - windowAt % Disk.BLOCK_BYTES;
            } else {
                long places = readBytes - head.byteSize() + 1;
                long at = firstBlock(file, number, windowAt, places, endOffset);
                if (at >= 0) {
                    return at;
                }
                windowAt += places;
            }
        }
        return endOffset;
    }

    private long firstBlock(
            DiskFile file, long number, long windowAt, long places, long endOffset) {
        for (long i = 0; i < places; i++) {
            long at = windowAt + i;
            if (isHead(window, i, number, at, endOffset)
                    && hasChecksum(
                            file,
                            at,
                            TableDescriptor.BLOCK_BYTES + TableDescriptor.storedBytes(window, i),
                            TableDescriptor.checksum(window, i))) {
                return at;
            }
        }
        return -1;
    }

    /** Reads what the device still gives: bytes read, -1 where it gives none. */
    private static int read(DiskFile file, long at, MemorySegment target) {
        try {
            return file.read(at, target.asByteBuffer());
        } catch (FileFailure e) {
            StorageFailures.requireUnreadable(e);
            return -1;
        }
    }

    /** Gives back what codecs hold. */
    @Override
    public void close() {
        codec.close();
    }
}
