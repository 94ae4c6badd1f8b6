package cordwood.lsm.wal;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import cordwood.lsm.format.FileHeader;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.format.StoreId;
import cordwood.memory.Account;
import cordwood.memory.Chunks;
import cordwood.memory.Region;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
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
    }

    private record Place(long number, long offset) {}

    private final Disk disk;
    private final Path directory;
    private final Chunks chunks;
    private final Account account;
    private final MemorySegment window;

    private final SortedMap<Long, Place> batches = new TreeMap<>();

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
     * Looks for batches in one segment; of two with the same sequence the one found later counts.
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
            for (long offset = WalDescriptor.FRAMES_AT; offset < end; ) {
                try {
                    offset += look(reader, number, offset);
                } catch (FileFailure e) {
                    offset = behindUnreadable(e, reader, offset);
                    MemorySegment page = window.asSlice(0, WalDescriptor.PAGE_BYTES);
                    reader = new SegmentReader(file, number, page);
                }
            }
        }
    }

    private long look(SegmentReader reader, long number, long offset) {
        long at = reader.frame(offset);
        if (at < 0) {
            return WalDescriptor.FRAME_ALIGNMENT_BYTES;
        }
        batches.put(WalDescriptor.sequence(window, at), new Place(number, offset));
        return WalDescriptor.extentBytes(window, at);
    }

    /** Page by page from here on, to come as close as can be to what is unreadable. */
    private long behindUnreadable(FileFailure failure, SegmentReader reader, long offset) {
        if (failure.kind() != FileFailure.Kind.IO) {
            throw failure;
        }
        boolean isPage = reader.window().byteSize() == WalDescriptor.PAGE_BYTES;
        return isPage ? WalDescriptor.alignUp(offset + 1, WalDescriptor.PAGE_BYTES) : offset;
    }

    private static boolean isForeign(DiskFile file, @Nullable StoreId store) {
        MemorySegment page = MemorySegment.ofArray(new byte[WalDescriptor.HEADER.sizeBytes()]);
        return store != null
                && file.read(0, page.asByteBuffer()) == page.byteSize()
                && WalDescriptor.isHeader(page)
                && !FileHeader.read(page).store().equals(store);
    }

    /** Reads the batches behind a sequence. */
    public void run(long afterSequence, Visitor visitor) {
        long last = afterSequence;
        for (Map.Entry<Long, Place> batch : batches.tailMap(afterSequence + 1).entrySet()) {
            if (!isRead(batch.getValue(), visitor, last + 1, batch.getKey() - 1)) {
                continue; // it is missing, too
            }
            last = batch.getKey();
        }
        if (!batches.isEmpty() && batches.lastKey() > last) {
            visitor.missing(last + 1, batches.lastKey());
        }
    }

    private boolean isRead(Place place, Visitor visitor, long firstMissing, long lastMissing) {
        Path path = path(place.number());
        try (DiskFile file = disk.openReadOnly(path)) {
            MemorySegment page = window.asSlice(0, WalDescriptor.PAGE_BYTES);
            SegmentReader reader = new SegmentReader(file, place.number(), page);
            long at = reader.frame(place.offset());
            int checksum = WalDescriptor.bodyChecksum(page, at);
            try (Region body = chunks.region(account, WalDescriptor.bodyBytes(page, at))) {
                if (!isRead(reader, place, checksum, body.memory())) {
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

    private static boolean isRead(
            SegmentReader reader, Place place, int checksum, MemorySegment body) {
        try {
            return reader.readBody(place.offset(), checksum, body);
        } catch (FileFailure e) {
            if (e.kind() != FileFailure.Kind.IO) {
                throw e;
            }
            return false;
        }
    }

    private Path path(long number) {
        return directory.resolve(FileNames.segment(number));
    }
}
