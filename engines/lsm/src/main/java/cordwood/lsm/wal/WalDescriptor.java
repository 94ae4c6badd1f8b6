package cordwood.lsm.wal;

import cordwood.lsm.format.Checksums;
import cordwood.lsm.format.FileHeader;
import cordwood.lsm.format.Layout;
import cordwood.lsm.format.LittleEndian;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The format of a segment: see {@code docs/format/wal-segment.md}.
 *
 * <pre>
 *   segment = header page, frame*        a frame starts where the extent of the one before ends
 *   frame   = head body padding          one batch; the body is its stretches
 * </pre>
 */
final class WalDescriptor {

    /** The file's header, with its checksum. */
    static final Layout HEADER =
            FileHeader.LAYOUT
                    .with("start_position", 8)
                    .with("predecessor", 8)
                    .with("predecessor_end", 8)
                    .with("last_sequence", 8)
                    .with("synced_position", 8)
                    .with("checksum", 4);

    /** The head of a frame. */
    static final Layout FRAME =
            Layout.empty()
                    .with("magic", 4)
                    .with("kind", 4)
                    .with("body_bytes", 4)
                    .with("extent_bytes", 4)
                    .with("segment", 8)
                    .with("sequence", 8)
                    .with("synced_position", 8)
                    .with("body_checksum", 4)
                    .with("checksum", 4);

    /** What a crash may damage at once: nothing synced shares a page with a later write. */
    static final int PAGE_BYTES = 4096;

    /** Where the first frame starts. */
    static final int FRAMES_AT = PAGE_BYTES;

    /** Frames start on multiples of this. */
    static final int FRAME_ALIGNMENT_BYTES = 8;

    /** Bytes of a frame's head. */
    static final int FRAME_BYTES = FRAME.sizeBytes();

    /** "CWFR", read as a little-endian number. */
    static final int FRAME_MAGIC = 0x52465743;

    /** The only kind of frame: a batch. */
    static final int KIND_BATCH = 1;

    private static final int START_AT = HEADER.offset("start_position");
    private static final int PREDECESSOR_AT = HEADER.offset("predecessor");
    private static final int PREDECESSOR_END_AT = HEADER.offset("predecessor_end");
    private static final int LAST_SEQUENCE_AT = HEADER.offset("last_sequence");
    private static final int HEADER_SYNCED_AT = HEADER.offset("synced_position");
    private static final int HEADER_CHECKSUM_AT = HEADER.offset("checksum");

    static final int MAGIC_AT = FRAME.offset("magic");
    static final int KIND_AT = FRAME.offset("kind");
    static final int BODY_BYTES_AT = FRAME.offset("body_bytes");
    static final int EXTENT_AT = FRAME.offset("extent_bytes");
    static final int SEGMENT_AT = FRAME.offset("segment");
    static final int SEQUENCE_AT = FRAME.offset("sequence");
    static final int SYNCED_AT = FRAME.offset("synced_position");
    static final int BODY_CHECKSUM_AT = FRAME.offset("body_checksum");
    static final int CHECKSUM_AT = FRAME.offset("checksum");

    private WalDescriptor() {}

    /**
     * How a segment continues the log.
     *
     * @param startPosition position in the log of the segment's first byte
     * @param predecessor number of the segment before, 0 when there is none
     * @param predecessorEnd how many bytes of it belong to the log
     * @param lastSequence sequence of the last batch before this segment
     * @param syncedPosition up to where the log was synced when the segment was begun
     */
    record Link(
            long startPosition,
            long predecessor,
            long predecessorEnd,
            long lastSequence,
            long syncedPosition) {}

    static void writeHeader(MemorySegment target, FileHeader header, Link link) {
        header.write(target);
        LittleEndian.putI64(target, START_AT, link.startPosition());
        LittleEndian.putI64(target, PREDECESSOR_AT, link.predecessor());
        LittleEndian.putI64(target, PREDECESSOR_END_AT, link.predecessorEnd());
        LittleEndian.putI64(target, LAST_SEQUENCE_AT, link.lastSequence());
        LittleEndian.putI64(target, HEADER_SYNCED_AT, link.syncedPosition());
        int checksum = Checksums.of(target, 0, HEADER_CHECKSUM_AT);
        LittleEndian.putI32(target, HEADER_CHECKSUM_AT, checksum);
    }

    /**
     * The link in a header; null when the segment was never begun under this number.
     *
     * @throws cordwood.store.StoreException when the header is intact but not this segment's
     */
    static @Nullable Link readHeader(MemorySegment source, FileHeader expected, Path path) {
        if (!isHeader(source)) {
            return null;
        }
        FileHeader found = FileHeader.read(source);
        if (found.number() < expected.number() && found.store().equals(expected.store())) {
            return null; // from before the segment was recycled
        }
        found.require(expected, path);
        return link(source);
    }

    /** Whether an intact header is at the start of a segment's file. */
    static boolean isHeader(MemorySegment source) {
        return FileHeader.hasMagic(source)
                && LittleEndian.i32(source, HEADER_CHECKSUM_AT)
                        == Checksums.of(source, 0, HEADER_CHECKSUM_AT);
    }

    /** The link in an intact header. */
    static Link link(MemorySegment source) {
        return new Link(
                LittleEndian.i64(source, START_AT),
                LittleEndian.i64(source, PREDECESSOR_AT),
                LittleEndian.i64(source, PREDECESSOR_END_AT),
                LittleEndian.i64(source, LAST_SEQUENCE_AT),
                LittleEndian.i64(source, HEADER_SYNCED_AT));
    }

    /**
     * Whether an intact head of a frame of this segment is at an offset, with a body and an extent
     * that end within the segment. Nothing else in a head may be believed before.
     */
    static boolean isFrame(MemorySegment source, long at, long segment, long roomBytes) {
        if (LittleEndian.i32(source, at + MAGIC_AT) != FRAME_MAGIC
                || LittleEndian.i64(source, at + SEGMENT_AT) != segment
                || LittleEndian.i32(source, at + CHECKSUM_AT)
                        != Checksums.of(source, at, CHECKSUM_AT)) {
            return false;
        }
        long bodyBytes = bodyBytes(source, at);
        long extentBytes = extentBytes(source, at);
        return LittleEndian.i32(source, at + KIND_AT) == KIND_BATCH
                && bodyBytes > 0
                && bodyBytes + FRAME_BYTES <= extentBytes
                && extentBytes % FRAME_ALIGNMENT_BYTES == 0
                && extentBytes <= roomBytes;
    }

    static int bodyBytes(MemorySegment source, long at) {
        return LittleEndian.i32(source, at + BODY_BYTES_AT);
    }

    static int extentBytes(MemorySegment source, long at) {
        return LittleEndian.i32(source, at + EXTENT_AT);
    }

    static long sequence(MemorySegment source, long at) {
        return LittleEndian.i64(source, at + SEQUENCE_AT);
    }

    static long syncedPosition(MemorySegment source, long at) {
        return LittleEndian.i64(source, at + SYNCED_AT);
    }

    static int bodyChecksum(MemorySegment source, long at) {
        return LittleEndian.i32(source, at + BODY_CHECKSUM_AT);
    }

    /** Bytes that a frame takes in a group: its head and body, up to the next frame's start. */
    static long frameBytes(long bodyBytes) {
        return alignUp(FRAME_BYTES + bodyBytes, FRAME_ALIGNMENT_BYTES);
    }

    static long alignUp(long bytes, int alignmentBytes) {
        return (bytes + alignmentBytes - 1) & -alignmentBytes;
    }
}
