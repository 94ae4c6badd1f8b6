package cordwood.lsm.table;

import cordwood.files.FileFailure;
import cordwood.lsm.codec.Codec;
import cordwood.lsm.format.Corruption;
import cordwood.lsm.format.StorageFailures;
import cordwood.store.StoreException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * A block in the file, and what the directory says of it.
 *
 * @param file the table's
 * @param table the table's number
 * @param kind of the block
 * @param offset of its head in the file
 * @param storedBytes bytes of its payload there
 * @param rawBytes bytes of it expanded
 */
record StoredBlock(
        TableFile file, long table, int kind, long offset, int storedBytes, int rawBytes) {

    /**
     * Reads the block, checks and expands it.
     *
     * @param target room for the head and the larger of stored and raw bytes; the payload ends up
     *     behind the head, expanded
     * @throws StoreException.Corrupt when it is not what was written
     * @throws StoreException.Invalid when it takes a codec that is not to be had here, or a later
     *     release
     */
    void read(MemorySegment target, CodecPool codecs) {
        fetch(target);
        unpack(target, codecs);
    }

    /** As {@link #read}, of a block that was read into the target. */
    void unpack(MemorySegment target, CodecPool codecs) {
        requireIntact(target);
        requireThisOne(target);
        Codec codec = codec(TableDescriptor.codec(target, 0));
        if (codec == Codec.RAW ? storedBytes != rawBytes : storedBytes >= rawBytes) {
            throw another();
        }
        if (kind == TableDescriptor.KIND_ROOT) {
            requireCodecs(TableDescriptor.codecs(target, 0));
        }
        if (codec != Codec.RAW
                && !codecs.expand(
                        codec, target, TableDescriptor.BLOCK_BYTES, storedBytes, rawBytes)) {
            throw Corruption.at(
                    path(),
                    offset,
                    "%d bytes compressed with %s".formatted(rawBytes, codec.text()),
                    "other bytes");
        }
    }

    private void fetch(MemorySegment target) {
        int bytes = TableDescriptor.BLOCK_BYTES + storedBytes;
        int foundBytes;
        try {
            foundBytes = file.read(offset, target.asSlice(0, bytes).asByteBuffer());
        } catch (FileFailure e) {
            throw StorageFailures.ofRead(e);
        }
        if (foundBytes < bytes) {
            throw Corruption.at(
                    path(), offset, "a block of " + bytes + " bytes", foundBytes + " bytes");
        }
    }

    private void requireIntact(MemorySegment target) {
        int checksum = TableDescriptor.expectedChecksum(target, 0, storedBytes);
        if (TableDescriptor.checksum(target, 0) != checksum) {
            throw Corruption.checksum(
                    path(), offset, TableDescriptor.checksum(target, 0), checksum);
        }
    }

    private void requireThisOne(MemorySegment head) {
        boolean isHere =
                TableDescriptor.storedBytes(head, 0) == storedBytes
                        && TableDescriptor.rawBytes(head, 0) == rawBytes
                        && TableDescriptor.table(head, 0) == table
                        && TableDescriptor.offset(head, 0) == offset;
        if (!isHere) {
            throw another();
        }
        int found = TableDescriptor.kind(head, 0);
        if (found > TableDescriptor.KIND_MAX) {
            throw ofLater("a block of kind " + found);
        }
        if (found != kind) {
            throw another();
        }
    }

    private StoreException another() {
        return Corruption.at(path(), offset, "the block that the directory names", "another one");
    }

    private StoreException ofLater(String what) {
        return new StoreException.Invalid(
                "%s has at offset %d %s, which this release does not know: a later one wrote it"
                        .formatted(path(), offset, what));
    }

    /** The root is read when the table is opened: then it is refused, and not in the middle. */
    private void requireCodecs(int codecs) {
        for (int left = codecs; left != 0; left &= left - 1) {
            codec(Integer.numberOfTrailingZeros(left));
        }
    }

    private Codec codec(int id) {
        Codec codec = Codec.ofId(id);
        if (codec == null) {
            throw ofLater("blocks of codec " + id);
        }
        String refusal = codec.refusal();
        if (refusal != null) {
            throw new StoreException.Invalid(
                    "%s has blocks compressed with %s: %s"
                            .formatted(path(), codec.text(), refusal));
        }
        return codec;
    }

    private Path path() {
        return file.path();
    }
}
