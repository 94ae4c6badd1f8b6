package cordwood.rocksdb;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.store.StoreException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A small text file of ours: lines, of which the last is a checksum of those before. It is replaced
 * as a whole, by renaming, so that it is the old one or the new one.
 */
final class SealedText {

    static final String NEW = ".new";

    private static final String CHECKSUM = "checksum ";
    private static final int FILE_BYTES_MAX = 1 << 20;

    private SealedText() {}

    /**
     * The lines before the checksum.
     *
     * @throws StoreException.Corrupt when they are not what was written
     */
    static List<String> read(Disk disk, Path path) {
        byte[] bytes = bytes(disk, path);
        int end = bytes.length;
        int seal = end - 1;
        while (seal > 0 && bytes[seal - 1] != '\n') {
            seal--;
        }
        String expected = seal > 0 ? seal(bytes, seal) : "a checksum in its last line";
        String found = text(bytes, Math.max(0, seal), end);
        if (!found.equals(expected + "\n")) {
            throw new StoreException.Corrupt(
                    "%s at %,d: '%s' was expected, and '%s' found"
                            .formatted(path, Math.max(0, seal), expected, found.strip()),
                    path,
                    Math.max(0, seal),
                    null);
        }
        return text(bytes, 0, seal).lines().toList();
    }

    /** What the file says, sealed or not. */
    static List<String> unsealed(Disk disk, Path path) {
        byte[] bytes = bytes(disk, path);
        return text(bytes, 0, bytes.length).lines().toList();
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(Disk disk, Path path) {
        try (DiskFile file = disk.openReadOnly(path)) {
            int size = (int) Math.min(file.sizeBytes(), FILE_BYTES_MAX);
            byte[] bytes = new byte[size];
            file.read(0, ByteBuffer.wrap(bytes));
            return bytes;
        }
    }

    private static String seal(byte[] bytes, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        return CHECKSUM + "%08x".formatted(checksum.getValue());
    }

    /** The lines with their checksum, as they are in the file. */
    static String sealed(List<String> lines) {
        String text = String.join("\n", lines) + "\n";
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return text + seal(bytes, bytes.length) + "\n";
    }

    /** Replaces the file, which survives a power loss once this returns. */
    static void write(Disk disk, Path path, List<String> lines) {
        Path temporary = path.resolveSibling(path.getFileName() + NEW);
        if (disk.exists(temporary)) {
            disk.delete(temporary);
        }
        try (DiskFile file = disk.create(temporary)) {
            file.write(0, ByteBuffer.wrap(sealed(lines).getBytes(StandardCharsets.UTF_8)));
            file.sync();
        }
        disk.rename(temporary, path);
        Path directory = path.getParent();
        if (directory != null) {
            disk.syncDirectory(directory);
        }
    }
}
