package cordwood.bench.payload;

import cordwood.bench.BenchException;
import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Writes a payload file: under another name first, then renamed, so that a file under its own name
 * is always whole.
 */
public final class PayloadFileWriter {

    private static final int CHUNK_BYTES = 1 << 20;

    private PayloadFileWriter() {}

    /**
     * Generates and writes a file. An empty file or an older payload file of that name is replaced;
     * anything else there is refused.
     *
     * @param batchCount batches to write, at least 1 and at most 2^32 - 1
     * @return the header of the file written
     */
    public static PayloadFileHeader write(Path path, PayloadSpec spec, long batchCount) {
        if (batchCount < 1 || batchCount > 0xFFFF_FFFFL) {
            throw BenchException.usage(
                    batchCount
                            + " batches is outside 1 to "
                            + 0xFFFF_FFFFL
                            + ", what a file holds");
        }
        PayloadFileHeader header =
                new PayloadFileHeader(
                        spec.bodyBytes(),
                        spec.keyStyle(),
                        spec.recordsPerBatch(),
                        batchCount,
                        spec.seed());
        Path absolute = path.toAbsolutePath();
        requireReplaceable(absolute, path);
        requireRoom(absolute, path, header.fileBytes());
        Path unfinished =
                absolute.resolveSibling(
                        absolute.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
        Disk disk = Disk.real();
        boolean renamed = false;
        try {
            try (DiskFile file = disk.create(unfinished)) {
                writeAll(file, header, spec);
                file.sync();
            }
            disk.rename(unfinished, absolute);
            renamed = true;
        } catch (FileFailure e) {
            throw failure(e);
        } finally {
            if (!renamed && disk.exists(unfinished)) {
                disk.delete(unfinished);
            }
        }
        return header;
    }

    private static BenchException failure(FileFailure e) {
        return switch (e.kind()) {
            case MISSING, EXISTS, LOCKED, DENIED ->
                    BenchException.usage("payload file: " + e.getMessage(), e);
            case NO_SPACE, TOO_MANY_OPEN, CLOSED, IO ->
                    BenchException.failed("payload file: " + e.getMessage(), e);
        };
    }

    private static void requireReplaceable(Path absolute, Path named) {
        if (Files.isDirectory(absolute)) {
            throw BenchException.usage("payload file " + named + ": it is a directory");
        }
        if (!Files.exists(absolute)) {
            return;
        }
        try (DiskFile file = Disk.real().openReadOnly(absolute)) {
            ByteBuffer magic = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            int read = file.read(0, magic);
            boolean ours = read == Long.BYTES && magic.getLong(0) == PayloadFileDescriptor.MAGIC;
            if (read > 0 && !ours) {
                throw BenchException.usage(
                        "payload file "
                                + named
                                + ": something else is there already; choose another name");
            }
        } catch (FileFailure e) {
            throw BenchException.usage("payload file: " + e.getMessage(), e);
        }
    }

    private static void requireRoom(Path absolute, Path named, long fileBytes) {
        Path directory = absolute.getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw BenchException.usage("payload file " + named + ": its directory does not exist");
        }
        long usableBytes = Disk.real().usableBytes(directory);
        if (fileBytes > usableBytes) {
            throw BenchException.usage(
                    "payload file %s: it would have %d bytes, and %d are free"
                            .formatted(named, fileBytes, usableBytes));
        }
    }

    private static void writeAll(DiskFile file, PayloadFileHeader header, PayloadSpec spec) {
        file.write(0, header.encode());
        PayloadGenerator generator = new PayloadGenerator(spec);
        int recordBytes = Math.toIntExact(header.recordBytes());
        int recordsPerChunk = Math.max(1, CHUNK_BYTES / Math.max(1, recordBytes));
        byte[] chunk = new byte[recordsPerChunk * recordBytes];
        ByteBuffer keys = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
        long offsetBytes = PayloadFileDescriptor.HEADER_BYTES;
        long left = header.batchCount() * header.recordsPerBatch();
        while (left > 0) {
            int count = (int) Math.min(left, recordsPerChunk);
            Arrays.fill(chunk, (byte) 0);
            for (int i = 0; i < count; i++) {
                int position = i * recordBytes;
                generator.nextKeys();
                if (spec.keyStyle().keyCount() > 0) {
                    keys.putLong(position, generator.firstKey());
                }
                if (spec.keyStyle().keyCount() > 1) {
                    keys.putLong(position + Long.BYTES, generator.secondKey());
                }
                generator.nextBody(chunk, position + spec.keyStyle().keyBytes());
            }
            file.write(offsetBytes, ByteBuffer.wrap(chunk, 0, count * recordBytes));
            offsetBytes += (long) count * recordBytes;
            left -= count;
        }
    }
}
