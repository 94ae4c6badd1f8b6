package cordwood.rocksdb;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.store.StoreException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log or a manifest of RocksDB's from front to back, before RocksDB does: that takes some
 * damage for an end, and some lets it spin for ever. Used once, by one thread.
 */
final class FramedFile {

    /*
     * The format is RocksDB's: blocks of 32 KiB, in which records lie one behind the other; one
     * that does not fit is a chain of fragments. What is left of a block where no header fits is
     * not used.
     *
     *   0  checksum  u32  CRC-32C of type and content, masked
     *   4  length    u16  of the content
     *   6  type      u8   FULL, or FIRST MIDDLE* LAST; others say something of what follows
     *   7  content
     *
     * A writer that dies leaves a torn tail: a record that is cut short by the file's end, a chain
     * without its last fragment, or, when power is lost, zeros to the end. Everything else is
     * damage. So is a cut record whose checksum holds for a part of what is there: its length was
     * changed.
     */
    static final int BLOCK_BYTES = 32 << 10;
    static final int HEADER_BYTES = 7;

    private static final int LENGTH_AT = 4;
    private static final int TYPE_AT = 6;
    private static final int FULL = 1;
    private static final int FIRST = 2;
    private static final int MIDDLE = 3;
    private static final int LAST = 4;
    private static final int COMPRESSION = 9;
    private static final int MASK_DELTA = 0xa282ead8;

    /**
     * What was found.
     *
     * @param tornAt where a torn tail begins, or -1
     * @param checksum CRC-32C of all its bytes
     */
    record Content(Path file, long sizeBytes, long recordCount, long tornAt, int checksum) {

        boolean isTorn() {
            return tornAt >= 0;
        }
    }

    private final Path path;
    private final @Nullable Consumer<ByteBuffer> records;
    private final ByteBuffer block =
            ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C recordChecksum = new CRC32C();
    private final CRC32C fileChecksum = new CRC32C();
    private final ByteArrayOutputStream chain = new ByteArrayOutputStream();
    private long blockAt;
    private long chainAt = -1;
    private long tornAt = -1;
    private long recordCount;

    private FramedFile(Path path, @Nullable Consumer<ByteBuffer> records) {
        this.path = path;
        this.records = records;
    }

    /**
     * Reads a file.
     *
     * @param records is shown every record, as long as it is called; null to skip them
     * @throws StoreException.Corrupt when there is damage other than a torn tail
     */
    static Content read(Disk disk, Path path, @Nullable Consumer<ByteBuffer> records) {
        try (DiskFile file = disk.openReadOnly(path)) {
            return new FramedFile(path, records).read(file);
        }
    }

    private Content read(DiskFile file) {
        int length = file.read(0, block.clear());
        while (length > 0) {
            fileChecksum.update(block.array(), 0, length);
            if (tornAt < 0) {
                walk(length);
            } else {
                requireZeros(0, length);
            }
            blockAt += length;
            length = length < BLOCK_BYTES ? 0 : file.read(blockAt, block.clear());
        }
        long end = tornAt < 0 ? chainAt : tornAt;
        return new Content(path, blockAt, recordCount, end, (int) fileChecksum.getValue());
    }

    private void walk(int length) {
        int at = 0;
        while (tornAt < 0 && at + HEADER_BYTES <= length) {
            int end = at + HEADER_BYTES + contentBytes(at);
            if (isZeroHeader(at)) {
                tear(at);
                requireZeros(at, length);
            } else if (end > BLOCK_BYTES) {
                throw damage(at, "a record within its block", "one of " + (end - at) + " bytes");
            } else if (end > length) {
                tear(at);
                requireCut(at, length);
            } else {
                requireSound(at, contentBytes(at));
                take(at, end);
                at = end;
            }
        }
        boolean isLast = length < BLOCK_BYTES;
        if (tornAt < 0 && isLast && at < length && BLOCK_BYTES - at >= HEADER_BYTES) {
            tear(at); // a header that is cut
        }
    }

    /** The chain that it interrupts is torn as a whole. */
    private void tear(int at) {
        tornAt = chainAt < 0 ? blockAt + at : chainAt;
    }

    private int contentBytes(int at) {
        return block.getShort(at + LENGTH_AT) & 0xffff;
    }

    private boolean isZeroHeader(int at) {
        return block.getInt(at) == 0 && contentBytes(at) == 0 && block.get(at + TYPE_AT) == 0;
    }

    private void requireZeros(int from, int length) {
        for (int at = from; at < length; at++) {
            if (block.get(at) != 0) {
                throw damage(at, "only zeros behind zeros", "byte %02x".formatted(block.get(at)));
            }
        }
    }

    private void requireCut(int at, int length) {
        int expected = block.getInt(at);
        recordChecksum.reset();
        recordChecksum.update(block.get(at + TYPE_AT));
        for (int end = at + HEADER_BYTES; end < length; end++) {
            if (masked((int) recordChecksum.getValue()) == expected) {
                throw damage(
                        at,
                        "a length of " + (end - at - HEADER_BYTES),
                        "one of " + contentBytes(at));
            }
            recordChecksum.update(block.get(end));
        }
        if (masked((int) recordChecksum.getValue()) == expected) {
            throw damage(
                    at,
                    "a length of " + (length - at - HEADER_BYTES),
                    "one of " + contentBytes(at));
        }
    }

    private void requireSound(int at, int contentBytes) {
        recordChecksum.reset();
        recordChecksum.update(block.array(), at + TYPE_AT, 1 + contentBytes);
        int found = masked((int) recordChecksum.getValue());
        if (found != block.getInt(at)) {
            throw damage(
                    at,
                    "a record of checksum %08x".formatted(block.getInt(at)),
                    "%08x".formatted(found));
        }
    }

    private static int masked(int checksum) {
        return Integer.rotateRight(checksum, 15) + MASK_DELTA;
    }

    private void take(int at, int end) {
        int type = block.get(at + TYPE_AT) & 0xff;
        boolean begins = type == FULL || type == FIRST;
        boolean continues = type == MIDDLE || type == LAST;
        if (type == COMPRESSION) {
            return;
        }
        if (!begins && !continues) {
            throw damage(at, "a record of a type that is in use", "type " + type);
        }
        if (begins != chainAt < 0) {
            throw damage(at, begins ? "the rest of a record" : "a record's begin", "type " + type);
        }
        if (begins) {
            chainAt = blockAt + at;
        }
        if (records != null) {
            chain.write(block.array(), at + HEADER_BYTES, end - at - HEADER_BYTES);
        }
        if (type == FULL || type == LAST) {
            complete();
        }
    }

    private void complete() {
        chainAt = -1;
        recordCount++;
        if (records != null) {
            records.accept(ByteBuffer.wrap(chain.toByteArray()));
            chain.reset();
        }
    }

    private StoreException.Corrupt damage(int at, String expected, String found) {
        long offsetBytes = blockAt + at;
        return new StoreException.Corrupt(
                "%s at %,d: %s was expected, and %s found"
                        .formatted(path, offsetBytes, expected, found),
                path,
                offsetBytes,
                null);
    }
}
