package cordwood.lsm.format;

import cordwood.store.StoreException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * The first bytes of every file: what it is, which store's, and its number. A checksum over the
 * header and what a kind adds to it follows them.
 *
 * @param kind what the file is
 * @param version version of the kind's format
 * @param store the store it belongs to
 * @param number the file's own number, as in its name
 */
public record FileHeader(int kind, int version, StoreId store, long number) {

    /** Where the fields lie. */
    public static final Layout LAYOUT =
            Layout.empty()
                    .with("magic", 4)
                    .with("kind", 2)
                    .with("version", 2)
                    .with("store_high", 8)
                    .with("store_low", 8)
                    .with("number", 8);

    /** "CORD", read as a little-endian number. */
    public static final int MAGIC = 0x44524F43;

    private static final int VERSION_MIN = 1;

    private static final int MAGIC_AT = LAYOUT.offset("magic");
    private static final int KIND_AT = LAYOUT.offset("kind");
    private static final int VERSION_AT = LAYOUT.offset("version");
    private static final int STORE_HIGH_AT = LAYOUT.offset("store_high");
    private static final int STORE_LOW_AT = LAYOUT.offset("store_low");
    private static final int NUMBER_AT = LAYOUT.offset("number");

    /** A header of the current version. */
    public static FileHeader of(FileKind kind, StoreId store, long number) {
        return new FileHeader(kind.code(), kind.version(), store, number);
    }

    /** Writes the header at the start of a segment. */
    public void write(MemorySegment target) {
        LittleEndian.putI32(target, MAGIC_AT, MAGIC);
        LittleEndian.putU16(target, KIND_AT, kind);
        LittleEndian.putU16(target, VERSION_AT, version);
        LittleEndian.putI64(target, STORE_HIGH_AT, store.high());
        LittleEndian.putI64(target, STORE_LOW_AT, store.low());
        LittleEndian.putI64(target, NUMBER_AT, number);
    }

    /** Whether a segment starts as a file of ours does. */
    public static boolean hasMagic(MemorySegment source) {
        return LittleEndian.i32(source, MAGIC_AT) == MAGIC;
    }

    /** Reads the header at the start of a segment, whose checksum the caller has verified. */
    public static FileHeader read(MemorySegment source) {
        return new FileHeader(
                LittleEndian.u16(source, KIND_AT),
                LittleEndian.u16(source, VERSION_AT),
                new StoreId(
                        LittleEndian.i64(source, STORE_HIGH_AT),
                        LittleEndian.i64(source, STORE_LOW_AT)),
                LittleEndian.i64(source, NUMBER_AT));
    }

    /**
     * Refuses a header that is intact but not the one expected, of this version or an earlier one.
     *
     * @throws StoreException.Invalid when a later version wrote it
     * @throws StoreException.Corrupt when it belongs to another file, store or kind
     */
    public void require(FileHeader expected, Path path) {
        if (kind == expected.kind && version > expected.version) {
            throw new StoreException.Invalid(
                    "%s has format version %d; this release reads up to %d"
                            .formatted(path, version, expected.version));
        }
        FileHeader current = new FileHeader(kind, expected.version, store, number);
        if (version < VERSION_MIN || !current.equals(expected)) {
            throw Corruption.at(path, 0, expected.toString(), toString());
        }
    }
}
