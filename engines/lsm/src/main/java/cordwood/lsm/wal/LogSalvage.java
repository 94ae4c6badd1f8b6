package cordwood.lsm.wal;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import cordwood.lsm.format.FileHeader;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.format.StorageFailures;
import cordwood.lsm.format.StoreId;
import cordwood.memory.Account;
import cordwood.memory.Chunks;
import cordwood.memory.Region;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads what is intact of a damaged log, in the order of its sequence: {@link #look} at its
 * segments, the older ones first, then {@link #run}. Changes nothing; confined to one thread.
 *
 * <p>How segments go on from each other is not asked: each batch says by its checksums and the
 * number of its segment that it belongs where it is. What a crash left behind the log's end may be
 * among them: nobody was promised that it is gone.
 */
public final class LogSalvage {

    /** Told of what is found, in the order of the sequence. */
    public interface Visitor {
        /** An intact batch: a row of stretches, valid until the visitor returns. */
        void batch(Path file, long offset, MemorySegment body);

        /** No batch between two sequences, these included, was found. */
        void missing(long firstSequence, long lastSequence);

        /** The last batch told of stands for a damaged one of its sequence, written later. */
        void replaced(Path file, long offset, long sequence);
    }

    /** Where a batch is, and the one of the same sequence that was found before it. */
    private record Place(long number, long offset, @Nullable Place earlier) {}

    private final Disk disk;
    private final Path directory;
    private final Chunks chunks;
    private final Account account;
    private final MemorySegment window;

    private final NavigableMap<Long, Place> batches = new TreeMap<>();

    /**
     * A salvage that found nothing yet.
     *
     * @param account pays for the batches, one at a time
     */
    public LogSalvage(
            Disk disk, Path directory, Chunks chunks, Account account, MemorySegment window) {
        this.disk = disk;
        this.directory = directory;
        this.chunks = chunks;
        this.account = account;
        this.window = window;
    }

    /**
     * Looks for batches in one segment; of those with the same sequence the last that is intact
     * counts.
     *
     * @param store which it belongs to; null when nobody knows
     * @param endOffset up to where; what lies behind the end on record never counted
     */
    public void look(long number, @Nullable StoreId store, long endOffset) {
        try (DiskFile file = disk.openReadOnly(path(number))) {
            if (isForeign(file, store)) {
                return;
            }
            SegmentReader reader = new SegmentReader(file, number, window);
            long end = Math.min(endOffset, reader.sizeBytes());
            long narrowEnd = 0; // up to where each head is read by itself
            for (long offset = WalDescriptor.FRAMES_AT; offset < end; ) {
                long readBytes = reader.window().byteSize();
                if (readBytes == WalDescriptor.FRAME_BYTES && offset >= narrowEnd) {
                    reader = reader(file, number, WalDescriptor.PAGE_BYTES);
                }
                try {
                    offset += look(reader, number, offset);
                } catch (FileFailure e) {
                    StorageFailures.requireUnreadable(e);
                    long pageEnd = WalDescriptor.alignUp(offset + 1, WalDescriptor.PAGE_BYTES);
                    if (reader.window().byteSize() > WalDescriptor.PAGE_BYTES) {
                        reader = reader(file, number, WalDescriptor.PAGE_BYTES);
                    } else if (reader.window().byteSize() > WalDescriptor.FRAME_BYTES) {
                        reader = reader(file, number, WalDescriptor.FRAME_BYTES);
                        narrowEnd = pageEnd;
                    } else {
                        offset = pageEnd;
                    }
                }
            }
        }
    }

    /** To come as close as can be to what is unreadable, less is read at once. */
    private SegmentReader reader(DiskFile file, long number, int bytes) {
        return new SegmentReader(file, number, window.asSlice(0, bytes));
    }

    private long look(SegmentReader reader, long number, long offset) {
        long at = reader.frame(offset);
        if (at < 0) {
            return WalDescriptor.FRAME_ALIGNMENT_BYTES;
        }
        MemorySegment head = reader.window();
        long sequence = WalDescriptor.sequence(head, at);
        batches.put(sequence, new Place(number, offset, batches.get(sequence)));
        return WalDescriptor.extentBytes(head, at);
    }

    private static boolean isForeign(DiskFile file, @Nullable StoreId store) {
        MemorySegment page = MemorySegment.ofArray(new byte[WalDescriptor.HEADER.sizeBytes()]);
        try {
            return store != null
                    && file.read(0, page.asByteBuffer()) == page.byteSize()
                    && WalDescriptor.isHeader(page)
                    && !FileHeader.read(page).store().equals(store);
        } catch (FileFailure e) {
            StorageFailures.requireUnreadable(e);
            return false;
        }
    }

    /** Sequence of the first batch that was found, or {@code Long.MAX_VALUE}. */
    public long firstSequence() {
        return batches.isEmpty() ? Long.MAX_VALUE : batches.firstKey();
    }

    /** Reads the batches behind a sequence, up to another. */
    public void run(long afterSequence, long upToSequence, Visitor visitor) {
        long last = afterSequence;
        long lastFound = afterSequence;
        for (Map.Entry<Long, Place> batch :
                batches.subMap(afterSequence, false, upToSequence, true).entrySet()) {
            lastFound = batch.getKey();
            if (isRead(lastFound, batch.getValue(), last + 1, visitor)) {
                last = lastFound;
            }
        }
        if (lastFound > last) {
            visitor.missing(last + 1, lastFound);
        }
    }

    private boolean isRead(long sequence, Place latest, long firstMissing, Visitor visitor) {
        if (isRead(latest, firstMissing, sequence - 1, visitor)) {
            return true;
        }
        for (Place place = latest.earlier(); place != null; place = place.earlier()) {
            if (isRead(place, firstMissing, sequence - 1, visitor)) {
                visitor.replaced(path(latest.number()), latest.offset(), sequence);
                return true;
            }
        }
        return false;
    }

    private boolean isRead(Place place, long firstMissing, long lastMissing, Visitor visitor) {
        Path path = path(place.number());
        try (DiskFile file = disk.openReadOnly(path)) {
            SegmentReader reader = reader(file, place.number(), WalDescriptor.FRAME_BYTES);
            if (!hasFrame(reader, place.offset())) {
                return false;
            }
            int checksum = WalDescriptor.bodyChecksum(window, 0);
            try (Region body = chunks.region(account, WalDescriptor.bodyBytes(window, 0))) {
                if (!hasBody(reader, place.offset(), checksum, body.memory())) {
                    return false;
                }
                if (firstMissing <= lastMissing) {
                    visitor.missing(firstMissing, lastMissing);
                }
                visitor.batch(path, place.offset(), body.memory());
                return true;
            }
        }
    }

    /** Whether the head can still be read: it is at the start of the window then. */
    private static boolean hasFrame(SegmentReader reader, long offset) {
        try {
            return reader.frame(offset) == 0;
        } catch (FileFailure e) {
            StorageFailures.requireUnreadable(e);
            return false;
        }
    }

    private static boolean hasBody(
            SegmentReader reader, long offset, int checksum, MemorySegment body) {
        try {
            return reader.readBody(offset, checksum, body);
        } catch (FileFailure e) {
            StorageFailures.requireUnreadable(e);
            return false;
        }
    }

    private Path path(long number) {
        return directory.resolve(FileNames.segment(number));
    }
}
