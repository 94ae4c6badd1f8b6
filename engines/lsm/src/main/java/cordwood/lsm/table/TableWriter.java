package cordwood.lsm.table;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import cordwood.lsm.codec.Codec;
import cordwood.lsm.format.FileHeader;
import cordwood.lsm.format.FileKind;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.RunLength;
import cordwood.lsm.format.StoreId;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.format.Stretch;
import cordwood.lsm.format.Varint;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Writes one table: {@link #add} its stretches in order of key and position, then {@link #finish}.
 * Belongs to one thread. Everything throws {@link FileFailure}; then the table must be {@link
 * #abandon}ed.
 */
public final class TableWriter implements AutoCloseable {

    /*
     * Blocks are put together in the write buffer, where they will be written from. A stretch that
     * follows another of its stream is joined to it with one delta and one copy.
     *
     * Synced every few MiB, so that nobody's sync has to wait for a large one of ours, and behind the
     * writing: while one part is synced the next is put together and written.
     */
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int SYNC_BYTES = 4 << 20;

    /** Memory that a writer needs, wherever it starts. */
    public static final int ROOM_BYTES =
            Disk.BLOCK_BYTES + BUFFER_BYTES + DirectoryWriter.ROOM_BYTES;

    /** Blocks that a stretch ends: the open one, and one of its own. */
    private static final int BLOCKS_ENDED_MAX = 2;

    /** The smallest part of a block that is worth one of its own for the next stream. */
    private static final int OWN_BLOCK_DIVISOR = 2;

    /**
     * How tables are written.
     *
     * @param blockBytes bytes of a block at which it is closed, uncompressed
     * @param warm compresses the blocks of warm tables
     * @param cold those of cold ones
     * @param tableBytesMax bytes of a table at which another is begun; it is written anew and given
     *     back as a whole, so it is not too much of the store
     * @param blocksMax most blocks in a table
     */
    public record Style(
            int blockBytes,
            CompressionPolicy warm,
            CompressionPolicy cold,
            long tableBytesMax,
            int blocksMax) {

        /** With as many blocks as a directory can name. */
        public Style(
                int blockBytes,
                CompressionPolicy warm,
                CompressionPolicy cold,
                long tableBytesMax) {
            this(blockBytes, warm, cold, tableBytesMax, DirectoryWriter.BLOCKS_MAX);
        }

        private CompressionPolicy policy(Temperature temperature) {
            return switch (temperature) {
                case WARM -> warm;
                case COLD -> cold;
            };
        }
    }

    /**
     * What is written.
     *
     * @param runs whether blocks hold one stream each, or what comes
     */
    public record Content(RecordKind kind, RunLength runs, Temperature temperature) {}

    private final Disk disk;
    private final Path directory;
    private final StoreId store;
    private final long number;
    private final Content content;
    private final Style style;
    private final CompressionPolicy policy;
    private final DiskFile file;
    private final MemorySegment buffer;
    private final BlockCodec codec = new BlockCodec();
    private final DirectoryWriter directoryWriter;
    private final Executor syncs;

    // the file: what is written, and what is synced of it
    private long writtenBytes;
    private long syncedBytes; // or being synced
    private @Nullable TableSync syncing;

    // the buffer: closed blocks, then the open one
    private int blockAt;
    private int end;
    private boolean blockOpen;

    // the open block and its last stretch
    private final BlockBounds bounds = new BlockBounds();
    private StreamKey key = new StreamKey(RecordKind.RECORDS, 0, 0);
    private int headAt;
    private int count;
    private int payloadBytes;
    private long first;
    private long last;

    // the whole table
    private long recordCount;
    private long stretchBytes;
    private long blockCount;
    private int codecs; // of each the bit of its number

    /**
     * Begins a table under a temporary name.
     *
     * @param syncs runs a sync beside the thread that writes
     * @param room memory of {@link #ROOM_BYTES}, the writer's until it is closed
     */
    public TableWriter(
            Disk disk,
            Path directory,
            StoreId store,
            long number,
            Content content,
            Style style,
            Executor syncs,
            MemorySegment room) {
        this.disk = disk;
        this.directory = directory;
        this.store = store;
        this.number = number;
        this.content = content;
        this.style = style;
        this.policy = style.policy(content.temperature());
        this.syncs = syncs;
        long at = -room.address() & (Disk.BLOCK_BYTES - 1);
        this.buffer = room.asSlice(at, BUFFER_BYTES);
        this.directoryWriter =
                new DirectoryWriter(room.asSlice(at + BUFFER_BYTES, DirectoryWriter.ROOM_BYTES));
        this.file = disk.createUncached(temporary());
        writeHeader();
    }

    private void writeHeader() {
        buffer.asSlice(0, TableDescriptor.BLOCKS_AT).fill((byte) 0);
        TableDescriptor.writeHeader(
                buffer, FileHeader.of(FileKind.TABLE, store, number), content.kind().code());
        end = TableDescriptor.BLOCKS_AT;
    }

    /**
     * Adds a stretch behind those added before.
     *
     * @param of the key; not below the one before, and of the table's kind
     * @param segment where the payload lies, until the call returns
     */
    public void add(
            StreamKey of,
            MemorySegment segment,
            long payloadAt,
            int bytes,
            int records,
            long firstPosition,
            long lastPosition) {
        recordCount += records;
        if (blockOpen && key.equals(of) && joins(bytes, records, firstPosition)) {
            join(segment, payloadAt, bytes, records, firstPosition, lastPosition);
            return;
        }
        int needed = Stretch.HEAD_BYTES + bytes;
        if (blockOpen && !belongsToOpenBlock(of, needed)) {
            closeBlock();
        }
        if (needed > BUFFER_BYTES / 2) {
            addLarge(of, segment, payloadAt, bytes, records, firstPosition, lastPosition);
            return;
        }
        if (!blockOpen) {
            openBlock(needed);
        }
        key = of;
        headAt = end;
        count = records;
        payloadBytes = bytes;
        first = firstPosition;
        last = lastPosition;
        MemorySegment.copy(segment, payloadAt, buffer, end + Stretch.HEAD_BYTES, bytes);
        end += needed;
        writeHead();
        bounds.include(of, firstPosition, lastPosition);
    }

    private boolean joins(int bytes, int records, long firstPosition) {
        return count + records <= Stretch.RECORDS_MAX
                && payloadBytes + bytes + Varint.BYTES_MAX <= Stretch.PAYLOAD_BYTES_MAX
                && end - payloadAt() + bytes + Varint.BYTES_MAX <= style.blockBytes()
                && firstPosition > last;
    }

    private void join(
            MemorySegment segment,
            long from,
            int bytes,
            int records,
            long firstPosition,
            long lastPosition) {
        long at = Varint.put(buffer, end, firstPosition - last);
        MemorySegment.copy(segment, from, buffer, at, bytes);
        payloadBytes += (int) (at - end) + bytes;
        end = (int) at + bytes;
        count += records;
        last = lastPosition;
        writeHead();
        bounds.include(key, firstPosition, lastPosition);
    }

    private void writeHead() {
        Stretch.writeHead(buffer, headAt, key, count, payloadBytes, first, last);
    }

    private boolean belongsToOpenBlock(StreamKey of, int needed) {
        int rawBytes = end - payloadAt();
        boolean mayShare =
                content.runs() == RunLength.SHORT
                        && rawBytes < style.blockBytes() / OWN_BLOCK_DIVISOR;
        return rawBytes + needed <= style.blockBytes() && (mayShare || key.equals(of));
    }

    private int payloadAt() {
        return blockAt + TableDescriptor.BLOCK_BYTES;
    }

    private void openBlock(int needed) {
        int room = TableDescriptor.BLOCK_BYTES + Math.max(needed, style.blockBytes());
        if (end + room > BUFFER_BYTES) {
            writeWholeBlocks();
        }
        blockAt = end;
        end = payloadAt();
        blockOpen = true;
        bounds.clear();
    }

    private void closeBlock() {
        int rawBytes = end - payloadAt();
        int storedBytes = policy.compress(codec, buffer, payloadAt(), rawBytes, bounds);
        Codec codecUsed = storedBytes < rawBytes ? policy.codec(bounds) : Codec.RAW;
        long offset = writtenBytes + blockAt;
        TableDescriptor.writeBlock(
                buffer,
                blockAt,
                TableDescriptor.KIND_DATA,
                codecUsed,
                storedBytes,
                rawBytes,
                number,
                offset);
        TableDescriptor.sealBlock(buffer, blockAt, storedBytes);
        end = payloadAt() + storedBytes;
        blockOpen = false;
        enter(offset, codecUsed, storedBytes, rawBytes);
    }

    /** A block for a single stretch that is too large for the buffer; written where it lies. */
    private void addLarge(
            StreamKey of,
            MemorySegment segment,
            long payloadFrom,
            int bytes,
            int records,
            long firstPosition,
            long lastPosition) {
        openBlock(0);
        int rawBytes = Stretch.HEAD_BYTES + bytes;
        long offset = writtenBytes + blockAt;
        TableDescriptor.writeBlock(
                buffer,
                blockAt,
                TableDescriptor.KIND_DATA,
                Codec.RAW,
                rawBytes,
                rawBytes,
                number,
                offset);
        Stretch.writeHead(buffer, end, of, records, bytes, firstPosition, lastPosition);
        end += Stretch.HEAD_BYTES;
        MemorySegment payload = segment.asSlice(payloadFrom, bytes);
        TableDescriptor.sealBlock(buffer, blockAt, end - blockAt, payload);
        bounds.include(of, firstPosition, lastPosition);
        blockOpen = false;
        writeBuffer();
        write(payload);
        enter(offset, Codec.RAW, rawBytes, rawBytes);
    }

    private void enter(long offset, Codec codecUsed, int storedBytes, int rawBytes) {
        blockCount++;
        codecs |= 1 << codecUsed.id();
        stretchBytes += rawBytes;
        directoryWriter.enter(bounds, offset, storedBytes, rawBytes);
        if (directoryWriter.isPageFull()) {
            writePage();
        }
    }

    private void writePage() {
        MemorySegment page = directoryWriter.page();
        long offset = writeDirectoryBlock(TableDescriptor.KIND_PAGE, 0, page);
        directoryWriter.enterPage(offset, (int) page.byteSize());
    }

    private long writeDirectoryBlock(int blockKind, int codecsNamed, MemorySegment payload) {
        int bytes = (int) payload.byteSize();
        if (end + TableDescriptor.BLOCK_BYTES + bytes > BUFFER_BYTES) {
            writeWholeBlocks();
        }
        long offset = writtenBytes + end;
        TableDescriptor.writeBlock(buffer, end, blockKind, Codec.RAW, bytes, bytes, number, offset);
        TableDescriptor.writeCodecs(buffer, end, codecsNamed);
        MemorySegment.copy(payload, 0, buffer, end + TableDescriptor.BLOCK_BYTES, bytes);
        TableDescriptor.sealBlock(buffer, end, bytes);
        end += TableDescriptor.BLOCK_BYTES + bytes;
        return offset;
    }

    /** Leaves the rest for the next time, so that this and the next start where disk blocks do. */
    private void writeWholeBlocks() {
        long fileEnd = writtenBytes + end;
        int restBytes = (int) (fileEnd % Disk.BLOCK_BYTES);
        int wholeBytes = end - restBytes;
        write(buffer.asSlice(0, wholeBytes));
        MemorySegment.copy(buffer, wholeBytes, buffer, 0, restBytes);
        end = restBytes;
    }

    private void writeBuffer() {
        write(buffer.asSlice(0, end));
        end = 0;
    }

    private void write(MemorySegment bytes) {
        long at = 0;
        while (at < bytes.byteSize()) {
            long part = Math.min(BUFFER_BYTES, bytes.byteSize() - at);
            file.write(writtenBytes, bytes.asSlice(at, part).asByteBuffer());
            at += part;
            writtenBytes += part;
            if (writtenBytes - syncedBytes > SYNC_BYTES - BUFFER_BYTES) {
                awaitSync();
                beginSync();
                syncedBytes = writtenBytes;
            }
        }
    }

    private void beginSync() {
        syncing = TableSync.begin(file, syncs);
    }

    private void awaitSync() {
        if (syncing != null) {
            syncing.await();
        }
    }

    /** The table's number. */
    public long number() {
        return number;
    }

    /** Bytes of the table so far. */
    public long sizeBytes() {
        return writtenBytes + end;
    }

    /** Whether there may be no room for the blocks of one stretch more. */
    public boolean isFull() {
        return blockCount + BLOCKS_ENDED_MAX > style.blocksMax();
    }

    /**
     * Ends the table: everything is synced and under its own name when this returns. The caller
     * puts it on record.
     *
     * @param lastSequence sequence of the last batch in it
     * @return length of the file
     */
    public long finish(long lastSequence) {
        if (blockOpen) {
            closeBlock();
        }
        if (!directoryWriter.isPageEmpty()) {
            writePage();
        }
        MemorySegment root = directoryWriter.root();
        long rootOffset = writeDirectoryBlock(TableDescriptor.KIND_ROOT, codecs, root);
        if (end + TableDescriptor.FOOTER_BYTES > BUFFER_BYTES) {
            writeWholeBlocks();
        }
        TableFooter footer =
                new TableFooter(
                        FileKind.TABLE.version(),
                        number,
                        lastSequence,
                        recordCount,
                        stretchBytes,
                        blockCount,
                        rootOffset,
                        (int) root.byteSize());
        TableDescriptor.writeFooter(buffer, end, footer);
        end += TableDescriptor.FOOTER_BYTES;
        writeBuffer();
        awaitSync();
        file.sync();
        close();
        disk.rename(temporary(), path());
        disk.syncDirectory(directory);
        return writtenBytes;
    }

    /** Gives the table up and deletes what was written. */
    public void abandon() {
        close();
        for (Path path : List.of(temporary(), path())) {
            if (disk.exists(path)) {
                disk.delete(path);
            }
        }
    }

    /** Closes the file. Idempotent; part of finishing and of giving up. */
    @Override
    public void close() {
        if (syncing != null) {
            syncing.end(); // nobody closes a file under a sync
        }
        codec.close();
        file.close();
    }

    private Path path() {
        return directory.resolve(FileNames.table(number));
    }

    private Path temporary() {
        return directory.resolve(FileNames.temporary(FileNames.table(number)));
    }
}
