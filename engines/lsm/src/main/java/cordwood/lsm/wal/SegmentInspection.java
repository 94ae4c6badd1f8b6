package cordwood.lsm.wal;

import cordwood.files.DiskFile;
import cordwood.lsm.format.FieldText;
import cordwood.lsm.format.FileHeader;
import cordwood.lsm.format.FileKind;
import cordwood.memory.Account;
import cordwood.memory.Chunks;
import cordwood.memory.Region;
import java.lang.foreign.MemorySegment;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads one segment by itself: its header, and its batches up to the first that is not intact.
 * Whether that is damage only the whole log can tell: see {@link WalRecovery}. Changes nothing;
 * confined to one thread.
 */
public final class SegmentInspection {

    /** Told of each intact part, in the order of the file. */
    public interface Visitor {
        /** The header, in a line for people; not called for a segment without an intact one. */
        void header(FileHeader header, Supplier<String> fields);

        /**
         * A batch.
         *
         * @param offset where its frame is in the file
         * @param body its stretches; valid until the visitor returns
         * @param fields the frame's head, in a line for people
         */
        void batch(long offset, MemorySegment body, Supplier<String> fields);
    }

    /**
     * What was found.
     *
     * @param begun whether there is an intact header of the number that was looked for
     * @param batches intact batches in a row
     * @param endBytes where the last of them ends
     * @param lastSequence sequence of the last of them, or of the last before the segment where it
     *     was begun
     */
    public record Content(boolean begun, long batches, long endBytes, long lastSequence) {}

    private static final long ANY = Long.MIN_VALUE;

    private final DiskFile file;
    private final Chunks chunks;
    private final Account account;
    private final MemorySegment window;
    private final BooleanSupplier stopping;
    private long lastSequence = ANY;

    /**
     * An inspection of an open file.
     *
     * @param window at least a page to read through
     * @param account who pays for batches larger than that
     * @param stopping ends the reading between two batches
     */
    public SegmentInspection(
            DiskFile file,
            Chunks chunks,
            Account account,
            MemorySegment window,
            BooleanSupplier stopping) {
        this.file = file;
        this.chunks = chunks;
        this.account = account;
        this.window = window;
        this.stopping = stopping;
    }

    /** The intact header, whichever segment it is of; null when there is none. */
    public @Nullable FileHeader header() {
        MemorySegment page = headerPage();
        return page == null ? null : FileHeader.read(page);
    }

    /** Whether the file starts as a file of ours does, intact or not. */
    public boolean hasMagic() {
        MemorySegment start = MemorySegment.ofArray(new byte[FileHeader.LAYOUT.sizeBytes()]);
        return file.read(0, start.asByteBuffer()) == start.byteSize() && FileHeader.hasMagic(start);
    }

    private @Nullable MemorySegment headerPage() {
        MemorySegment page = MemorySegment.ofArray(new byte[WalDescriptor.HEADER.sizeBytes()]);
        boolean whole = file.read(0, page.asByteBuffer()) == page.byteSize();
        return whole && WalDescriptor.isHeader(page) ? page : null;
    }

    /**
     * Reads the segment.
     *
     * @param number the number that its batches must have
     * @throws cordwood.store.StoreException when the header is intact, but is not of a segment that
     *     this release can read
     */
    public Content run(long number, Visitor visitor) {
        MemorySegment page = headerPage();
        boolean begun = false;
        if (page != null) {
            FileHeader header = FileHeader.read(page);
            visitor.header(header, () -> FieldText.of(WalDescriptor.HEADER, page, 0));
            header.require(
                    FileHeader.of(FileKind.WAL_SEGMENT, header.store(), header.number()),
                    file.path());
            begun = header.number() == number;
        }
        lastSequence = page != null && begun ? WalDescriptor.link(page).lastSequence() : ANY;
        SegmentReader reader = new SegmentReader(file, number, window);
        long batches = 0;
        long offset = WalDescriptor.FRAMES_AT;
        while (!stopping.getAsBoolean()) {
            long extentBytes = batch(reader, offset, visitor);
            if (extentBytes == 0) {
                break;
            }
            offset += extentBytes;
            batches++;
        }
        return new Content(begun, batches, offset, lastSequence);
    }

    /** Reads the batch at an offset; its extent, or 0 when no intact next one is there. */
    private long batch(SegmentReader reader, long offset, Visitor visitor) {
        long at = reader.frame(offset);
        if (at < 0) {
            return 0;
        }
        long sequence = WalDescriptor.sequence(window, at);
        if (lastSequence != ANY && sequence != lastSequence + 1) {
            return 0;
        }
        MemorySegment head = copy(at, WalDescriptor.FRAME_BYTES);
        int bodyBytes = WalDescriptor.bodyBytes(head, 0);
        try (Region room = chunks.region(account, bodyBytes)) {
            if (!reader.readBody(offset, WalDescriptor.bodyChecksum(head, 0), room.memory())) {
                return 0;
            }
            visitor.batch(offset, room.memory(), () -> FieldText.of(WalDescriptor.FRAME, head, 0));
        }
        lastSequence = sequence;
        return WalDescriptor.extentBytes(head, 0);
    }

    private MemorySegment copy(long at, int bytes) {
        return MemorySegment.ofArray(new byte[bytes]).copyFrom(window.asSlice(at, bytes));
    }
}
