package cordwood.lsm.table;

import cordwood.lsm.codec.Codec;
import cordwood.lsm.format.Checksums;
import cordwood.lsm.format.FileHeader;
import cordwood.lsm.format.Layout;
import cordwood.lsm.format.LittleEndian;
import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/**
 * The format of a table: see {@code docs/format/table.md}.
 *
 * <pre>
 *   table     = header block* root footer
 *   block     = head payload              data blocks, and between them pages of the directory
 *   data      = stretch*                  in order of key and position
 *   page, root = entry*                   one for each block before it, or for each page
 * </pre>
 */
final class TableDescriptor {

    /** The file's header, with its checksum. */
    static final Layout HEADER = FileHeader.LAYOUT.with("record_kind", 4).with("checksum", 4);

    /** The head of a block. The checksum covers all that follows it, payload included. */
    static final Layout BLOCK =
            Layout.empty()
                    .with("checksum", 4)
                    .with("kind", 1)
                    .with("codec", 1)
                    .with("codecs", 2)
                    .with("stored_bytes", 4)
                    .with("raw_bytes", 4)
                    .with("table", 8)
                    .with("offset", 8);

    /** An entry of the directory: the keys of the first and last record, and where they are. */
    static final Layout ENTRY =
            Layout.empty()
                    .with("first_tag", 4)
                    .with("last_tag", 4)
                    .with("first_stream", 8)
                    .with("first_position", 8)
                    .with("last_stream", 8)
                    .with("last_position", 8)
                    .with("offset", 8)
                    .with("stored_bytes", 4)
                    .with("raw_bytes", 4);

    /** The last bytes of the file. */
    static final Layout FOOTER =
            Layout.empty()
                    .with("magic", 4)
                    .with("version", 4)
                    .with("table", 8)
                    .with("last_sequence", 8)
                    .with("record_count", 8)
                    .with("stretch_bytes", 8)
                    .with("block_count", 8)
                    .with("root_offset", 8)
                    .with("root_bytes", 4)
                    .with("checksum", 4);

    /** Where the first block starts. */
    static final int BLOCKS_AT = 64;

    /** Bytes of a block's head. */
    static final int BLOCK_BYTES = BLOCK.sizeBytes();

    /** Bytes of a directory entry. */
    static final int ENTRY_BYTES = ENTRY.sizeBytes();

    /** Bytes of the footer. */
    static final int FOOTER_BYTES = FOOTER.sizeBytes();

    /** "CWTF", read as a little-endian number. */
    static final int FOOTER_MAGIC = 0x46545743;

    static final int KIND_DATA = 1;
    static final int KIND_PAGE = 2;
    static final int KIND_ROOT = 3;

    /** Kinds above it are a later release's. */
    static final int KIND_MAX = KIND_ROOT;

    /** Most bytes of one block's payload, raw. */
    static final int RAW_BYTES_MAX = 1 << 30;

    /** And of one that is compressed. */
    static final int EXPANDED_BYTES_MAX = 1 << 20;

    private static final int RECORD_KIND_AT = HEADER.offset("record_kind");
    private static final int HEADER_CHECKSUM_AT = HEADER.offset("checksum");

    private static final int CHECKSUM_AT = BLOCK.offset("checksum");
    private static final int KIND_AT = BLOCK.offset("kind");
    private static final int CODEC_AT = BLOCK.offset("codec");
    private static final int CODECS_AT = BLOCK.offset("codecs");
    private static final int STORED_BYTES_AT = BLOCK.offset("stored_bytes");
    private static final int RAW_BYTES_AT = BLOCK.offset("raw_bytes");
    private static final int TABLE_AT = BLOCK.offset("table");
    private static final int OFFSET_AT = BLOCK.offset("offset");

    private static final int FOOTER_CHECKSUM_AT = FOOTER.offset("checksum");

    private TableDescriptor() {}

    static void writeHeader(MemorySegment target, FileHeader header, int recordKind) {
        header.write(target);
        LittleEndian.putI32(target, RECORD_KIND_AT, recordKind);
        LittleEndian.putI32(
                target, HEADER_CHECKSUM_AT, Checksums.of(target, 0, HEADER_CHECKSUM_AT));
    }

    static boolean hasHeader(MemorySegment source) {
        return FileHeader.hasMagic(source)
                && LittleEndian.i32(source, HEADER_CHECKSUM_AT)
                        == Checksums.of(source, 0, HEADER_CHECKSUM_AT);
    }

    static int recordKind(MemorySegment source) {
        return LittleEndian.i32(source, RECORD_KIND_AT);
    }

    /** Writes all of a block's head but the checksum. */
    static void writeBlock(
            MemorySegment target,
            long at,
            int kind,
            Codec codec,
            int storedBytes,
            int rawBytes,
            long table,
            long offset) {
        LittleEndian.putU8(target, at + KIND_AT, kind);
        LittleEndian.putU8(target, at + CODEC_AT, codec.id());
        LittleEndian.putU16(target, at + CODECS_AT, 0);
        LittleEndian.putI32(target, at + STORED_BYTES_AT, storedBytes);
        LittleEndian.putI32(target, at + RAW_BYTES_AT, rawBytes);
        LittleEndian.putI64(target, at + TABLE_AT, table);
        LittleEndian.putI64(target, at + OFFSET_AT, offset);
    }

    /** Writes which codecs the blocks of the table have: of each the bit of its number. */
    static void writeCodecs(MemorySegment target, long at, int codecs) {
        LittleEndian.putU16(target, at + CODECS_AT, codecs);
    }

    /** Writes the checksum of a block whose payload lies behind its head. */
    static void sealBlock(MemorySegment target, long at, int storedBytes) {
        LittleEndian.putI32(
                target,
                at + CHECKSUM_AT,
                Checksums.of(target, at + KIND_AT, BLOCK_BYTES - KIND_AT + (long) storedBytes));
    }

    /** Writes the checksum of a block whose payload lies partly elsewhere. */
    static void sealBlock(MemorySegment target, long at, int headBytes, MemorySegment rest) {
        CRC32C crc = new CRC32C();
        crc.update(target.asSlice(at + KIND_AT, headBytes - KIND_AT).asByteBuffer());
        crc.update(rest.asByteBuffer());
        LittleEndian.putI32(target, at + CHECKSUM_AT, (int) crc.getValue());
    }

    static int checksum(MemorySegment source, long at) {
        return LittleEndian.i32(source, at + CHECKSUM_AT);
    }

    /** The checksum that a block with its payload behind its head should have. */
    static int expectedChecksum(MemorySegment source, long at, int storedBytes) {
        return Checksums.of(source, at + KIND_AT, BLOCK_BYTES - KIND_AT + (long) storedBytes);
    }

    static int kind(MemorySegment source, long at) {
        return LittleEndian.u8(source, at + KIND_AT);
    }

    static int codec(MemorySegment source, long at) {
        return LittleEndian.u8(source, at + CODEC_AT);
    }

    static int codecs(MemorySegment source, long at) {
        return LittleEndian.u16(source, at + CODECS_AT);
    }

    static int storedBytes(MemorySegment source, long at) {
        return LittleEndian.i32(source, at + STORED_BYTES_AT);
    }

    static int rawBytes(MemorySegment source, long at) {
        return LittleEndian.i32(source, at + RAW_BYTES_AT);
    }

    static long table(MemorySegment source, long at) {
        return LittleEndian.i64(source, at + TABLE_AT);
    }

    static long offset(MemorySegment source, long at) {
        return LittleEndian.i64(source, at + OFFSET_AT);
    }

    static void writeFooter(MemorySegment target, long at, TableFooter footer) {
        LittleEndian.putI32(target, at + FOOTER.offset("magic"), FOOTER_MAGIC);
        LittleEndian.putI32(target, at + FOOTER.offset("version"), footer.version());
        LittleEndian.putI64(target, at + FOOTER.offset("table"), footer.table());
        LittleEndian.putI64(target, at + FOOTER.offset("last_sequence"), footer.lastSequence());
        LittleEndian.putI64(target, at + FOOTER.offset("record_count"), footer.recordCount());
        LittleEndian.putI64(target, at + FOOTER.offset("stretch_bytes"), footer.stretchBytes());
        LittleEndian.putI64(target, at + FOOTER.offset("block_count"), footer.blockCount());
        LittleEndian.putI64(target, at + FOOTER.offset("root_offset"), footer.rootOffset());
        LittleEndian.putI32(target, at + FOOTER.offset("root_bytes"), footer.rootBytes());
        LittleEndian.putI32(
                target, at + FOOTER_CHECKSUM_AT, Checksums.of(target, at, FOOTER_CHECKSUM_AT));
    }

    static boolean hasFooter(MemorySegment source, long at) {
        return LittleEndian.i32(source, at + FOOTER.offset("magic")) == FOOTER_MAGIC
                && LittleEndian.i32(source, at + FOOTER_CHECKSUM_AT)
                        == Checksums.of(source, at, FOOTER_CHECKSUM_AT);
    }

    static TableFooter footer(MemorySegment source, long at) {
        return new TableFooter(
                LittleEndian.i32(source, at + FOOTER.offset("version")),
                LittleEndian.i64(source, at + FOOTER.offset("table")),
                LittleEndian.i64(source, at + FOOTER.offset("last_sequence")),
                LittleEndian.i64(source, at + FOOTER.offset("record_count")),
                LittleEndian.i64(source, at + FOOTER.offset("stretch_bytes")),
                LittleEndian.i64(source, at + FOOTER.offset("block_count")),
                LittleEndian.i64(source, at + FOOTER.offset("root_offset")),
                LittleEndian.i32(source, at + FOOTER.offset("root_bytes")));
    }
}
