package cordwood.lsm.table;

import cordwood.files.FileFailure;
import cordwood.lsm.codec.Codec;
import cordwood.lsm.codec.SpaceCodecs;
import cordwood.lsm.format.Corruption;
import cordwood.lsm.format.FileHeader;
import cordwood.lsm.format.FileKind;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.RunLength;
import cordwood.lsm.format.StorageFailures;
import cordwood.lsm.format.StoreId;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.format.Stretch;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** An open table. Thread-safe; whoever reads it keeps it pinned. */
public final class Table implements AutoCloseable {

    /** In the order of their first records. */
    public static final Comparator<Table> BY_FIRST_RECORD =
            Comparator.<Table>comparingInt(table -> table.firstTag)
                    .thenComparingLong(table -> table.firstStream)
                    .thenComparingLong(table -> table.firstPosition);

    /** In the order of their last records. */
    public static final Comparator<Table> BY_LAST_RECORD =
            Comparator.<Table>comparingInt(table -> table.lastTag)
                    .thenComparingLong(table -> table.lastStream)
                    .thenComparingLong(table -> table.lastPosition);

    private final long number;
    private final RecordKind kind;
    private final RunLength runs;
    private final TableFile file;
    private final long sizeBytes;
    private final TableFooter footer;
    private final BlockCache cache;
    private final int codecs;

    /** What is in memory, or was: the root, then the pages that it names. */
    private final AtomicReferenceArray<@Nullable ResidentBlock> directory;

    /** As above, of each page its {@link PageRuns}. */
    private final AtomicReferenceArray<@Nullable ResidentBlock> pageRuns;

    // the first and the last record
    private final int firstTag;
    private final long firstStream;
    private final long firstPosition;
    private final int lastTag;
    private final long lastStream;
    private final long lastPosition;

    private Table(
            long number,
            RecordKind kind,
            RunLength runs,
            TableFile file,
            long sizeBytes,
            TableFooter footer,
            BlockCache cache) {
        this.number = number;
        this.kind = kind;
        this.runs = runs;
        this.file = file;
        this.sizeBytes = sizeBytes;
        this.footer = footer;
        this.cache = cache;
        int pages = footer.rootBytes() / DirectoryEntry.BYTES;
        this.directory = new AtomicReferenceArray<>(1 + pages);
        this.pageRuns = new AtomicReferenceArray<>(pages);
        try (BlockLease root = new BlockLease()) {
            pinRoot(root);
            this.codecs =
                    TableDescriptor.codecs(
                            root.segment(), root.payloadAt() - TableDescriptor.BLOCK_BYTES);
            long lastEntry = root.payloadAt() + root.payloadBytes() - DirectoryEntry.BYTES;
            this.firstTag = DirectoryEntry.firstTag(root.segment(), root.payloadAt());
            this.firstStream = DirectoryEntry.firstStream(root.segment(), root.payloadAt());
            this.firstPosition = DirectoryEntry.firstPosition(root.segment(), root.payloadAt());
            this.lastTag = DirectoryEntry.lastTag(root.segment(), lastEntry);
            this.lastStream = DirectoryEntry.lastStream(root.segment(), lastEntry);
            this.lastPosition = DirectoryEntry.lastPosition(root.segment(), lastEntry);
        }
    }

    /**
     * Opens a table on record. The caller closes it.
     *
     * @param sizeBytes length of its file, as recorded
     * @param lastSequence sequence of the last batch in it, as recorded
     * @throws cordwood.store.StoreException.Corrupt when it is not the table on record
     */
    public static Table open(
            OpenFiles files,
            Path directory,
            StoreId store,
            long number,
            RecordKind kind,
            RunLength runs,
            long sizeBytes,
            long lastSequence,
            BlockCache cache) {
        Path path = directory.resolve(FileNames.table(number));
        FileHeader expected = FileHeader.of(FileKind.TABLE, store, number);
        Table table = open(files, path, expected, kind, runs, sizeBytes, cache);
        if (table.lastSequence() != lastSequence) {
            table.close();
            throw Corruption.at(
                    path,
                    sizeBytes - TableDescriptor.FOOTER_BYTES,
                    "a table with last sequence " + lastSequence,
                    table.footer().toString());
        }
        return table;
    }

    /** As above, of a file of any name. */
    static Table open(
            OpenFiles files,
            Path path,
            FileHeader expected,
            RecordKind kind,
            RunLength runs,
            long sizeBytes,
            BlockCache cache) {
        TableFile file = new TableFile(files, path);
        boolean opened = false;
        try {
            long foundBytes = file.sizeBytes();
            if (foundBytes != sizeBytes
                    || sizeBytes < TableDescriptor.BLOCKS_AT + TableDescriptor.FOOTER_BYTES) {
                throw Corruption.at(
                        path, foundBytes, sizeBytes + " bytes of file", foundBytes + " bytes");
            }
            TableFooter footer = readEnds(file, sizeBytes, expected, kind);
            Table table = new Table(expected.number(), kind, runs, file, sizeBytes, footer, cache);
            opened = true;
            return table;
        } catch (FileFailure e) {
            throw StorageFailures.ofRead(e);
        } finally {
            if (!opened) {
                file.close();
            }
        }
    }

    private static TableFooter readEnds(
            TableFile file, long sizeBytes, FileHeader expected, RecordKind kind) {
        MemorySegment header = MemorySegment.ofArray(new byte[TableDescriptor.BLOCKS_AT]);
        file.read(0, header.asByteBuffer());
        if (!TableDescriptor.hasHeader(header)) {
            throw Corruption.at(file.path(), 0, "the header of a table", "none that is intact");
        }
        FileHeader foundHeader = FileHeader.read(header);
        foundHeader.require(expected, file.path());
        if (TableDescriptor.recordKind(header) != kind.code()) {
            throw Corruption.at(
                    file.path(),
                    0,
                    "records of kind " + kind.code(),
                    "kind " + TableDescriptor.recordKind(header));
        }
        MemorySegment footer = MemorySegment.ofArray(new byte[TableDescriptor.FOOTER_BYTES]);
        long footerAt = sizeBytes - TableDescriptor.FOOTER_BYTES;
        file.read(footerAt, footer.asByteBuffer());
        if (!TableDescriptor.hasFooter(footer, 0)) {
            throw Corruption.at(
                    file.path(), footerAt, "the footer of a table", "none that is intact");
        }
        TableFooter found = TableDescriptor.footer(footer, 0);
        boolean rootFits =
                found.rootBytes() > 0
                        && found.rootBytes() % DirectoryEntry.BYTES == 0
                        && found.rootOffset() >= TableDescriptor.BLOCKS_AT
                        && found.rootOffset() + TableDescriptor.BLOCK_BYTES + found.rootBytes()
                                == footerAt;
        if (found.table() != expected.number()
                || found.version() != foundHeader.version()
                || !rootFits) {
            throw Corruption.at(
                    file.path(), footerAt, "the footer of this table", found.toString());
        }
        return found;
    }

    /** The table's number. */
    public long number() {
        return number;
    }

    /** What its records are. */
    public RecordKind kind() {
        return kind;
    }

    /** How long the runs of its streams are. */
    public RunLength runs() {
        return runs;
    }

    /** Length of its file. */
    public long sizeBytes() {
        return sizeBytes;
    }

    /** Records in it. */
    public long recordCount() {
        return footer.recordCount();
    }

    /** Sequence of the last batch in it: of two tables of a kind, the higher is newer. */
    public long lastSequence() {
        return footer.lastSequence();
    }

    /** Whether blocks of it are compressed in another way than with codecs. */
    public boolean isCompressedOtherwise(SpaceCodecs with) {
        return (codecs & ~(1 << Codec.RAW.id() | with.bits())) != 0;
    }

    /** Whether a key lies between the table's first and last. */
    public boolean mayContain(int tag, long stream) {
        return StreamKey.compare(tag, stream, firstTag, firstStream) >= 0
                && StreamKey.compare(tag, stream, lastTag, lastStream) <= 0;
    }

    /** Whether records of another table may lie between this one's first and last. */
    public boolean mayOverlap(Table other) {
        return startsBefore(other) && other.startsBefore(this);
    }

    /** Whether the first record is at or before another table's last. */
    public boolean startsBefore(Table other) {
        int order = StreamKey.compare(firstTag, firstStream, other.lastTag, other.lastStream);
        return order < 0 || (order == 0 && firstPosition <= other.lastPosition);
    }

    /** As above, with records from one position up to another. */
    public boolean mayContain(int tag, long stream, long low, long high) {
        return mayContain(tag, stream)
                && (!startsWith(tag, stream) || firstPosition <= high)
                && (!endsWith(tag, stream) || lastPosition >= low);
    }

    /** Whether its first record is of a stream, at {@link #firstPosition}. */
    public boolean startsWith(int tag, long stream) {
        return firstStream == stream && firstTag == tag;
    }

    /** Whether its last record is of a stream, at {@link #lastPosition}. */
    public boolean endsWith(int tag, long stream) {
        return lastStream == stream && lastTag == tag;
    }

    /** Position of the first record. */
    public long firstPosition() {
        return firstPosition;
    }

    /** Position of the last record. */
    public long lastPosition() {
        return lastPosition;
    }

    /** Pins the root of the directory. */
    void pinRoot(BlockLease lease) {
        lease.release();
        ResidentBlock resident = directory.get(0);
        if (!cache.directories().tryPin(resident, lease)) {
            cache.pin(
                    this,
                    TableDescriptor.KIND_ROOT,
                    footer.rootOffset(),
                    footer.rootBytes(),
                    footer.rootBytes(),
                    lease);
            keep(directory, 0, resident, lease);
        }
    }

    /** Pins the page that an entry of the pinned root names. */
    void pinPage(BlockLease root, int index, BlockLease lease) {
        lease.release();
        ResidentBlock resident = directory.get(1 + index);
        if (!cache.directories().tryPin(resident, lease)) {
            pin(TableDescriptor.KIND_PAGE, root.segment(), root.entryAt(index), lease);
            keepRuns(index, lease);
            keep(directory, 1 + index, resident, lease);
        }
    }

    /** Pins the runs of the page that an entry of the root names; false when they are not kept. */
    boolean tryPinRuns(int index, BlockLease lease) {
        return cache.directories().tryPin(pageRuns.get(index), lease);
    }

    private void keepRuns(int index, BlockLease page) {
        ResidentBlock resident = pageRuns.get(index);
        if (runs != RunLength.LONG || (resident != null && !resident.isGivenUp())) {
            return;
        }
        MemorySegment found = PageRuns.of(page);
        if (found != null) {
            BlockLease lease = new BlockLease();
            lease.hold(BlockLease.NOBODY, 0, found, 0, (int) found.byteSize());
            keep(pageRuns, index, resident, lease);
        }
    }

    /** Has a copy of a pinned block at hand for the next search. */
    private void keep(
            AtomicReferenceArray<@Nullable ResidentBlock> in,
            int index,
            @Nullable ResidentBlock before,
            BlockLease lease) {
        ResidentBlock fresh = cache.directories().keep(lease);
        if (fresh != null && !in.compareAndSet(index, before, fresh)) {
            cache.directories().giveUp(fresh); // somebody was faster
        }
    }

    /** Pins the block that an entry of the directory is about. */
    void pin(int blockKind, MemorySegment directory, long entryAt, BlockLease lease) {
        pin(
                blockKind,
                DirectoryEntry.offset(directory, entryAt),
                DirectoryEntry.storedBytes(directory, entryAt),
                DirectoryEntry.rawBytes(directory, entryAt),
                lease);
    }

    /** Pins a block of which an entry of the directory told this. */
    void pin(int blockKind, long offset, int storedBytes, int rawBytes, BlockLease lease) {
        cache.pin(this, blockKind, offset, storedBytes, rawBytes, lease);
    }

    /** As above, for a look that does not make the block worth keeping. */
    void pinAgain(int blockKind, long offset, int storedBytes, int rawBytes, BlockLease lease) {
        cache.pinAgain(this, blockKind, offset, storedBytes, rawBytes, lease);
    }

    /**
     * Whether a scan does well to read a block past the cache: it is not there, and would drive
     * another out.
     */
    boolean isReadPastCache(long offset) {
        return cache.isFull() && !cache.contains(this, offset);
    }

    /** As {@link StoredBlock#read}. */
    void read(
            int blockKind,
            long offset,
            int storedBytes,
            int rawBytes,
            MemorySegment target,
            CodecPool codecs) {
        new StoredBlock(file, number, blockKind, offset, storedBytes, rawBytes)
                .read(target, codecs);
    }

    /** Reads bytes of the file; how many there were. */
    int read(long offset, MemorySegment target) {
        try {
            return file.read(offset, target.asByteBuffer());
        } catch (FileFailure e) {
            throw StorageFailures.ofRead(e);
        }
    }

    /** As {@link StoredBlock#unpack}. */
    void unpack(int blockKind, long offset, int storedBytes, int rawBytes, MemorySegment target) {
        new StoredBlock(file, number, blockKind, offset, storedBytes, rawBytes)
                .unpack(target, cache.codecs());
    }

    /** Whether lengths in an intact directory can be those of a block of this table. */
    boolean isPlausible(long offset, int storedBytes, int rawBytes) {
        return storedBytes > 0
                && rawBytes >= storedBytes
                && rawBytes <= TableDescriptor.RAW_BYTES_MAX
                && (rawBytes == storedBytes || rawBytes <= TableDescriptor.EXPANDED_BYTES_MAX)
                && offset >= TableDescriptor.BLOCKS_AT
                && offset + TableDescriptor.BLOCK_BYTES + storedBytes <= sizeBytes;
    }

    Path path() {
        return file.path();
    }

    TableFooter footer() {
        return footer;
    }

    /**
     * The lowest key behind one.
     *
     * @param inclusive whether the key itself counts
     * @return null when there is none
     */
    public @Nullable StreamKey nextKey(int tag, long stream, boolean inclusive) {
        if (!inclusive && stream == Long.MAX_VALUE) {
            return nextKey(tag + 1, Long.MIN_VALUE, true);
        }
        long from = inclusive ? stream : stream + 1;
        if (StreamKey.compare(tag, from, firstTag, firstStream) <= 0) {
            return StreamKey.of(firstTag, firstStream);
        }
        if (StreamKey.compare(tag, from, lastTag, lastStream) > 0) {
            return null;
        }
        try (BlockLease root = new BlockLease();
                BlockLease page = new BlockLease();
                BlockLease block = new BlockLease()) {
            pinRoot(root);
            int index = root.ceiling(tag, from, Long.MIN_VALUE);
            pinPage(root, index, page);
            long entryAt = page.entryAt(page.ceiling(tag, from, Long.MIN_VALUE));
            pinAgain(
                    TableDescriptor.KIND_DATA,
                    DirectoryEntry.offset(page.segment(), entryAt),
                    DirectoryEntry.storedBytes(page.segment(), entryAt),
                    DirectoryEntry.rawBytes(page.segment(), entryAt),
                    block);
            long end = block.payloadAt() + block.payloadBytes();
            for (long at = block.payloadAt();
                    at < end;
                    at += Stretch.HEAD_BYTES + Stretch.payloadBytes(block.segment(), at)) {
                int foundTag = Stretch.tag(block.segment(), at);
                long foundStream = Stretch.stream(block.segment(), at);
                if (StreamKey.compare(foundTag, foundStream, tag, from) >= 0) {
                    return StreamKey.of(foundTag, foundStream);
                }
            }
            throw Corruption.at(
                    file.path(),
                    DirectoryEntry.offset(page.segment(), entryAt),
                    "the key that the directory names",
                    "none");
        }
    }

    /** As {@link #nextKey(int, long, boolean)}, of several tables. */
    public static @Nullable StreamKey nextKey(
            List<Table> tables, int tag, long stream, boolean inclusive) {
        StreamKey lowest = null;
        for (Table table : tables) {
            StreamKey key = table.nextKey(tag, stream, inclusive);
            if (key != null && (lowest == null || key.compareTo(lowest) < 0)) {
                lowest = key;
            }
        }
        return lowest;
    }

    /** Closes the file. Nobody may read the table any more. */
    @Override
    public void close() {
        giveUp(directory);
        giveUp(pageRuns);
        file.close();
    }

    private void giveUp(AtomicReferenceArray<@Nullable ResidentBlock> kept) {
        for (int i = 0; i < kept.length(); i++) {
            ResidentBlock resident = kept.get(i);
            if (resident != null) {
                cache.directories().giveUp(resident);
            }
        }
    }
}
