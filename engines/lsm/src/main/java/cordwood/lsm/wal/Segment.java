package cordwood.lsm.wal;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.lsm.format.FileNames;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A segment's file, open only from when it is taken to be written until it has ended and is synced,
 * or is no longer needed. Thread-safe.
 */
public final class Segment {

    private final long number;
    private final long sizeBytes;
    private final Path path;

    // written under this; who opened it reads it without
    private volatile @Nullable DiskFile file;

    /** One whose file is open nowhere. */
    Segment(long number, long sizeBytes, Path path) {
        this.number = number;
        this.sizeBytes = sizeBytes;
        this.path = path;
    }

    /** One that is in a directory. */
    public static Segment find(Disk disk, Path directory, long number) {
        Path path = directory.resolve(FileNames.segment(number));
        try (DiskFile file = disk.openReadOnly(path)) {
            return new Segment(number, file.sizeBytes(), path);
        }
    }

    /** Its number, never used for another. */
    public long number() {
        return number;
    }

    long sizeBytes() {
        return sizeBytes;
    }

    Path path() {
        return path;
    }

    /** Opens the file to be written, unless it is open. */
    synchronized void open(Disk disk) {
        if (file == null) {
            file = disk.open(path);
        }
    }

    /** The file, which is open. */
    DiskFile file() {
        DiskFile open = file;
        if (open == null) {
            throw new IllegalStateException(path + " is not open");
        }
        return open;
    }

    /** Syncs, unless the segment is no longer needed: then its batches are in synced tables. */
    synchronized void syncUnlessClosed() {
        if (file != null) {
            file().sync();
        }
    }

    synchronized void close() {
        DiskFile open = file;
        file = null;
        if (open != null) {
            open.close();
        }
    }
}
