package cordwood.lsm.table;

import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A table's file, read by threads that are the users' own. An interrupt that hits one of them
 * inside a read closes the channel for all: it is opened again, and the read repeated. Thread-safe.
 */
final class TableFile implements AutoCloseable {

    /** More interrupts than that in a row hit nobody: then the disk closes its files by itself. */
    private static final int REOPENED_MAX = 1_000;

    private final OpenFiles files;
    private final Path path;

    // guarded by files
    @Nullable DiskFile open;
    int pins;
    boolean isClosed;

    TableFile(OpenFiles files, Path path) {
        this.files = files;
        this.path = path;
    }

    Path path() {
        return path;
    }

    long sizeBytes() {
        return use(DiskFile::sizeBytes);
    }

    /** As {@link DiskFile#read}; an interrupt is kept for the caller. */
    int read(long offsetBytes, ByteBuffer target) {
        int position = target.position();
        return use(file -> file.read(offsetBytes, target.position(position)));
    }

    private <T> T use(Function<DiskFile, T> reader) {
        boolean interrupted = false;
        try {
            for (int reopened = 0; ; reopened++) {
                interrupted |= Thread.interrupted();
                DiskFile present = files.pin(this);
                try {
                    return reader.apply(present);
                } catch (FileFailure e) {
                    if (e.kind() != FileFailure.Kind.CLOSED || reopened == REOPENED_MAX) {
                        throw e;
                    }
                    files.broken(this, present);
                } finally {
                    files.unpin(this);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        files.close(this);
    }
}
