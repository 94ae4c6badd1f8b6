package cordwood.lsm.manifest;

import cordwood.lsm.format.Checksums;
import cordwood.lsm.format.FileHeader;
import cordwood.lsm.format.Layout;
import cordwood.lsm.format.LittleEndian;
import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.RunLength;
import cordwood.lsm.wal.RecordedSegment;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The format of the manifest: see {@code docs/format/manifest.md}.
 *
 * <pre>
 *   manifest = header page, frame*       a frame starts on a page, behind the extent of the one before
 *   frame    = head edit* padding        the edits of a frame hold together; the first is a snapshot
 *   edit     = kind fields               all fields are 64-bit numbers
 * </pre>
 */
final class ManifestDescriptor {

    /** The file's header, with its checksum. */
    static final Layout HEADER = FileHeader.LAYOUT.with("checksum", 4);

    /** The head of a frame. */
    static final Layout FRAME =
            Layout.empty()
                    .with("magic", 4)
                    .with("body_bytes", 4)
                    .with("manifest", 8)
                    .with("index", 8)
                    .with("body_checksum", 4)
                    .with("checksum", 4);

    /** What a crash may damage at once: no two frames share a page. */
    static final int PAGE_BYTES = 4096;

    /** Where the first frame starts. */
    static final int FRAMES_AT = PAGE_BYTES;

    /** A file is preallocated to so many bytes at least: one that is shorter was cut. */
    static final int FILE_BYTES_MIN = 256 << 10;

    /** Bytes of a frame's head. */
    static final int FRAME_BYTES = FRAME.sizeBytes();

    /** "CWMF", read as a little-endian number. */
    static final int FRAME_MAGIC = 0x464D5743;

    static final int ADD_TABLE = 1;
    static final int DROP_TABLE = 2;
    static final int ADD_UNSIZED_SEGMENT = 3;
    static final int SETTLE_SEGMENT = 4;
    static final int DROP_SEGMENT = 5;
    static final int FLUSHED = 6;
    static final int NUMBERED = 7;
    static final int LOG_START = 8;
    static final int ADD_SEGMENT = 9;
    static final int BEGIN_SEGMENT = 10;
    static final int SYNCED = 11;
    static final int ADD_TABLE_OF_LONG_RUNS = 12;

    private static final int CHECKSUM_AT_HEADER = HEADER.offset("checksum");
    private static final int MAGIC_AT = FRAME.offset("magic");
    private static final int BODY_BYTES_AT = FRAME.offset("body_bytes");
    private static final int MANIFEST_AT = FRAME.offset("manifest");
    private static final int INDEX_AT = FRAME.offset("index");
    private static final int BODY_CHECKSUM_AT = FRAME.offset("body_checksum");
    private static final int CHECKSUM_AT = FRAME.offset("checksum");

    private ManifestDescriptor() {}

    static void writeHeader(MemorySegment target, FileHeader header) {
        header.write(target);
        LittleEndian.putI32(
                target, CHECKSUM_AT_HEADER, Checksums.of(target, 0, CHECKSUM_AT_HEADER));
    }

    /** Whether an intact header is at the start of a segment. */
    static boolean hasHeader(MemorySegment source) {
        return FileHeader.hasMagic(source)
                && LittleEndian.i32(source, CHECKSUM_AT_HEADER)
                        == Checksums.of(source, 0, CHECKSUM_AT_HEADER);
    }

    /** Bytes of a frame with these edits, up to where the next one starts. */
    static long frameBytes(List<Edit> edits) {
        long bytes = FRAME_BYTES;
        for (Edit edit : edits) {
            bytes += 1 + (long) Long.BYTES * fields(edit).length;
        }
        return alignUp(bytes);
    }

    /** Length of a file that begins with a snapshot of so many bytes, up to the next frame. */
    static long fileBytes(long snapshotBytes) {
        return Math.max(FILE_BYTES_MIN, alignUp(4 * (FRAMES_AT + snapshotBytes)));
    }

    /** Writes a frame; {@code target} is zeroed and exactly {@link #frameBytes} long. */
    static void writeFrame(MemorySegment target, long manifest, long index, List<Edit> edits) {
        long at = FRAME_BYTES;
        for (Edit edit : edits) {
            LittleEndian.putU8(target, at++, kind(edit));
            for (long field : fields(edit)) {
                LittleEndian.putI64(target, at, field);
                at += Long.BYTES;
            }
        }
        int bodyBytes = (int) at - FRAME_BYTES;
        LittleEndian.putI32(target, MAGIC_AT, FRAME_MAGIC);
        LittleEndian.putI32(target, BODY_BYTES_AT, bodyBytes);
        LittleEndian.putI64(target, MANIFEST_AT, manifest);
        LittleEndian.putI64(target, INDEX_AT, index);
        LittleEndian.putI32(target, BODY_CHECKSUM_AT, Checksums.of(target, FRAME_BYTES, bodyBytes));
        LittleEndian.putI32(target, CHECKSUM_AT, Checksums.of(target, 0, CHECKSUM_AT));
    }

    /** Whether an intact frame of a manifest is at an offset. */
    static boolean isFrame(MemorySegment source, long at, long manifest) {
        if (at + FRAME_BYTES > source.byteSize()
                || LittleEndian.i32(source, at + MAGIC_AT) != FRAME_MAGIC
                || LittleEndian.i64(source, at + MANIFEST_AT) != manifest
                || LittleEndian.i32(source, at + CHECKSUM_AT)
                        != Checksums.of(source, at, CHECKSUM_AT)) {
            return false;
        }
        long bodyBytes = LittleEndian.i32(source, at + BODY_BYTES_AT);
        return bodyBytes >= 0
                && at + FRAME_BYTES + bodyBytes <= source.byteSize()
                && LittleEndian.i32(source, at + BODY_CHECKSUM_AT)
                        == Checksums.of(source, at + FRAME_BYTES, bodyBytes);
    }

    static long index(MemorySegment source, long at) {
        return LittleEndian.i64(source, at + INDEX_AT);
    }

    /** Bytes from the frame at an offset to the next one. */
    static long extentBytes(MemorySegment source, long at) {
        return alignUp(FRAME_BYTES + (long) LittleEndian.i32(source, at + BODY_BYTES_AT));
    }

    /**
     * The edits of an intact frame.
     *
     * @throws IllegalArgumentException when they cannot be told apart
     */
    static List<Edit> edits(MemorySegment source, long frameAt) {
        List<Edit> edits = new ArrayList<>();
        long at = frameAt + FRAME_BYTES;
        long end = at + LittleEndian.i32(source, frameAt + BODY_BYTES_AT);
        while (at < end) {
            int kind = LittleEndian.u8(source, at++);
            long[] fields = new long[fieldCount(kind)];
            for (int i = 0; i < fields.length; i++) {
                fields[i] = LittleEndian.i64(source, at);
                at += Long.BYTES;
            }
            edits.add(edit(kind, fields));
        }
        if (at != end) {
            throw new IllegalArgumentException("the last edit ends behind its frame");
        }
        return edits;
    }

    static int kind(Edit edit) {
        return switch (edit) {
            case Edit.AddTable(TableEntry table) ->
                    table.runs() == RunLength.LONG ? ADD_TABLE_OF_LONG_RUNS : ADD_TABLE;
            case Edit.DropTable _ -> DROP_TABLE;
            case Edit.AddSegment add -> isSized(add) ? ADD_SEGMENT : ADD_UNSIZED_SEGMENT;
            case Edit.BeginSegment _ -> BEGIN_SEGMENT;
            case Edit.Synced _ -> SYNCED;
            case Edit.SettleSegment _ -> SETTLE_SEGMENT;
            case Edit.DropSegment _ -> DROP_SEGMENT;
            case Edit.Flushed _ -> FLUSHED;
            case Edit.Numbered _ -> NUMBERED;
            case Edit.LogStart _ -> LOG_START;
        };
    }

    static long[] fields(Edit edit) {
        return switch (edit) {
            case Edit.AddTable(TableEntry table) ->
                    new long[] {
                        table.number(), table.kind().code(), table.sizeBytes(), table.lastSequence()
                    };
            case Edit.DropTable(long number) -> new long[] {number};
            case Edit.AddSegment add ->
                    isSized(add)
                            ? new long[] {add.number(), add.sizeBytes()}
                            : new long[] {add.number()};
            case Edit.BeginSegment(long number, long startPosition) ->
                    new long[] {number, startPosition};
            case Edit.Synced(long position) -> new long[] {position};
            case Edit.SettleSegment(long number, long endBytes, long lastSequence) ->
                    new long[] {number, endBytes, lastSequence};
            case Edit.DropSegment(long number) -> new long[] {number};
            case Edit.Flushed(long sequence) -> new long[] {sequence};
            case Edit.LogStart(long position) -> new long[] {position};
            case Edit.Numbered(long number) -> new long[] {number};
        };
    }

    private static boolean isSized(Edit.AddSegment add) {
        return add.sizeBytes() != RecordedSegment.UNKNOWN;
    }

    static int fieldCount(int kind) {
        return switch (kind) {
            case ADD_TABLE, ADD_TABLE_OF_LONG_RUNS -> 4;
            case SETTLE_SEGMENT -> 3;
            case ADD_SEGMENT, BEGIN_SEGMENT -> 2;
            case DROP_TABLE,
                    ADD_UNSIZED_SEGMENT,
                    DROP_SEGMENT,
                    FLUSHED,
                    NUMBERED,
                    LOG_START,
                    SYNCED ->
                    1;
            default -> throw new IllegalArgumentException("no edit has kind " + kind);
        };
    }

    private static Edit edit(int kind, long[] fields) {
        return switch (kind) {
            case ADD_TABLE -> addTable(RunLength.SHORT, fields);
            case ADD_TABLE_OF_LONG_RUNS -> addTable(RunLength.LONG, fields);
            case DROP_TABLE -> new Edit.DropTable(fields[0]);
            case ADD_UNSIZED_SEGMENT -> new Edit.AddSegment(fields[0], RecordedSegment.UNKNOWN);
            case ADD_SEGMENT -> new Edit.AddSegment(fields[0], fields[1]);
            case BEGIN_SEGMENT -> new Edit.BeginSegment(fields[0], fields[1]);
            case SYNCED -> new Edit.Synced(fields[0]);
            case SETTLE_SEGMENT -> new Edit.SettleSegment(fields[0], fields[1], fields[2]);
            case DROP_SEGMENT -> new Edit.DropSegment(fields[0]);
            case FLUSHED -> new Edit.Flushed(fields[0]);
            case NUMBERED -> new Edit.Numbered(fields[0]);
            case LOG_START -> new Edit.LogStart(fields[0]);
            default -> throw new IllegalArgumentException("no edit has kind " + kind);
        };
    }

    private static Edit addTable(RunLength runs, long[] fields) {
        RecordKind kind = RecordKind.ofCode((int) fields[1]);
        return new Edit.AddTable(new TableEntry(fields[0], kind, runs, fields[2], fields[3]));
    }

    static long alignUp(long bytes) {
        return (bytes + PAGE_BYTES - 1) & -PAGE_BYTES;
    }
}
