package cordwood.lsm.wal;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.lsm.format.FileNames;
import java.nio.file.Path;

/** A segment's file, open for writing. Thread-safe. */
public final class Segment {

    private final long number;
    private final long sizeBytes;
    private final DiskFile file;

    // guarded by this
    private boolean closed;

    Segment(long number, long sizeBytes, DiskFile file) {
        this.number = number;
        this.sizeBytes = sizeBytes;
        this.file = file;
    }

    /** Opens a finished segment's file. */
    public static Segment open(Disk disk, Path directory, long number) {
        DiskFile file = disk.open(directory.resolve(FileNames.segment(number)));
        boolean opened = false;
        try {
            Segment segment = new Segment(number, file.sizeBytes(), file);
            opened = true;
            return segment;
        } finally {
            if (!opened) {
                file.close();
            }
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
        return file.path();
    }

    DiskFile file() {
        return file;
    }

    /** Syncs, unless the segment is no longer needed: then its batches are in synced tables. */
    synchronized void syncUnlessClosed() {
        if (!closed) {
            file.sync();
        }
    }

    synchronized void close() {
        closed = true;
        file.close();
    }
}
