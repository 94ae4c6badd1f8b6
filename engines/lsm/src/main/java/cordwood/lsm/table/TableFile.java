package cordwood.lsm.table;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A table's file, read by threads that are the users' own. An interrupt that hits one of them
 * inside a read closes the channel for all: it is opened again, and the read repeated. Thread-safe.
 */
final class TableFile implements AutoCloseable {

    /** More interrupts than that in a row hit nobody: then the disk closes its files by itself. */
    private static final int REOPENED_MAX = 1_000;

    private final Disk disk;
    private final Path path;
    private volatile DiskFile file;
    private volatile boolean closed;

    TableFile(Disk disk, Path path) {
        this.disk = disk;
        this.path = path;
        this.file = disk.openReadOnly(path);
    }

    Path path() {
        return path;
    }

    long sizeBytes() {
        return file.sizeBytes();
    }

    /** As {@link DiskFile#read}; an interrupt is kept for the caller. */
    int read(long offsetBytes, ByteBuffer target) {
        boolean interrupted = false;
        try {
            for (int reopened = 0; ; reopened++) {
                interrupted |= Thread.interrupted();
                DiskFile present = file;
                int position = target.position();
                try {
                    return present.read(offsetBytes, target);
                } catch (FileFailure e) {
                    if (e.kind() != FileFailure.Kind.CLOSED || closed || reopened == REOPENED_MAX) {
                        throw e;
                    }
                    target.position(position);
                    reopen(present);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // whether it is still the same open file
    private synchronized void reopen(DiskFile broken) {
        if (file == broken && !closed) {
            file = disk.openReadOnly(path);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        file.close();
    }
}
