package cordwood.bench.payload;

import cordwood.bench.BenchException;
import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads a text file line by line as bytes. Confined to one thread. */
final class LineReader implements AutoCloseable {

    private static final int CHUNK_BYTES = 256 << 10;

    private final DiskFile file;
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private long chunkOffsetBytes;
    private int position;
    private int limit;
    private long lineCount;

    private LineReader(DiskFile file) {
        this.file = file;
    }

    /** Opens a file that must hold at least one byte. */
    static LineReader open(Path path) {
        try {
            DiskFile file = Disk.real().openReadOnly(path);
            try {
                if (file.sizeBytes() == 0) {
                    throw BenchException.usage("input file " + path + ": it is empty");
                }
                LineReader reader = new LineReader(file);
                reader.fill();
                return reader;
            } catch (BenchException | FileFailure e) {
                file.close();
                throw e;
            }
        } catch (FileFailure e) {
            throw BenchException.usage("input file: " + e.getMessage(), e);
        }
    }

    /** Where the next line begins. */
    long offsetBytes() {
        return chunkOffsetBytes + position;
    }

    /** The next line without its end, or null after the last. */
    byte @Nullable [] next() {
        byte[] line = new byte[0];
        boolean any = false;
        while (position < limit) {
            int end = indexOfLineFeed();
            boolean whole = end >= 0;
            int until = whole ? end : limit;
            line = append(line, until);
            any = true;
            position = whole ? until + 1 : until;
            if (whole) {
                break;
            }
            fill();
        }
        if (!any) {
            return null;
        }
        lineCount++;
        boolean carriage = line.length > 0 && line[line.length - 1] == '\r';
        return carriage ? Arrays.copyOf(line, line.length - 1) : line;
    }

    private int indexOfLineFeed() {
        for (int i = position; i < limit; i++) {
            if (chunk[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private byte[] append(byte[] line, int until) {
        long bytes = (long) line.length + until - position;
        if (bytes > PayloadSpec.BODY_BYTES_MAX) {
            throw BenchException.usage(
                    "input file %s, line %d: it is over the limit of %d bytes"
                            .formatted(file.path(), lineCount + 1, PayloadSpec.BODY_BYTES_MAX));
        }
        byte[] grown = Arrays.copyOf(line, (int) bytes);
        System.arraycopy(chunk, position, grown, line.length, until - position);
        return grown;
    }

    private void fill() {
        chunkOffsetBytes += limit;
        position = 0;
        try {
            limit = file.read(chunkOffsetBytes, ByteBuffer.wrap(chunk));
        } catch (FileFailure e) {
            throw BenchException.usage("input file: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
