package cordwood.lsm.table;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * The files of tables that are open: a bounded number, however many tables there are. A file is
 * opened when it is read, and kept until others are wanted more. Thread-safe.
 */
public final class OpenFiles {

    /*
     * Whoever reads holds a permit, so at most as many files are pinned as may be open: who has a
     * permit and finds no room finds an open file that nobody reads.
     *
     * Files are opened under the lock. That is cheap beside the read that follows, and two readers of
     * a table never open it twice.
     */

    /** Leaves most of 256 descriptors, a common limit of small systems, to everything else. */
    private static final int FILES_MAX = 64;

    private final Disk disk;
    private final int filesMax;
    private final Semaphore permits;

    // guarded by this
    private final Set<TableFile> idle = new LinkedHashSet<>(); // the one unused longest first
    private int openCount;

    /** No file is open. */
    public OpenFiles(Disk disk) {
        this(disk, FILES_MAX);
    }

    OpenFiles(Disk disk, int filesMax) {
        this.disk = disk;
        this.filesMax = filesMax;
        this.permits = new Semaphore(filesMax);
    }

    /** Opens a file if it is not open, and keeps it so until it is {@link #unpin}ned. */
    DiskFile pin(TableFile file) {
        permits.acquireUninterruptibly();
        boolean pinned = false;
        try {
            DiskFile open = opened(file);
            pinned = true;
            return open;
        } finally {
            if (!pinned) {
                permits.release();
            }
        }
    }

    private synchronized DiskFile opened(TableFile file) {
        if (file.isClosed) {
            throw new FileFailure(
                    FileFailure.Kind.CLOSED, "read", file.path(), -1, "the table is closed", null);
        }
        DiskFile open = file.open;
        if (open == null) {
            while (openCount >= filesMax && closeIdle()) {
                // one makes room, unless an interrupt closed files while they were pinned
            }
            open = opening(() -> disk.openReadOnly(file.path()));
            file.open = open;
            openCount++;
        }
        idle.remove(file);
        file.pins++;
        return open;
    }

    /** Ends a pin. */
    void unpin(TableFile file) {
        synchronized (this) {
            file.pins--;
            if (file.pins == 0 && file.open != null) {
                idle.add(file);
            }
        }
        permits.release();
    }

    /** An interrupt closed a pinned file: the next pin opens it again. */
    @SuppressWarnings("ReferenceEquality") // whether it is still the same open file
    synchronized void broken(TableFile file, DiskFile open) {
        if (file.open == open) {
            forget(file);
        }
    }

    /** Closes a file for good; nobody reads it. */
    synchronized void close(TableFile file) {
        file.isClosed = true;
        DiskFile open = file.open;
        if (open != null) {
            forget(file);
            open.close();
        }
    }

    private void forget(TableFile file) {
        file.open = null;
        openCount--;
        idle.remove(file);
    }

    /**
     * Opens any file; where the system has no descriptor left, those that nobody reads are closed
     * for it.
     */
    public <T> T opening(Supplier<T> opener) {
        while (true) {
            try {
                return opener.get();
            } catch (FileFailure e) {
                if (e.kind() != FileFailure.Kind.TOO_MANY_OPEN || !closeIdle()) {
                    throw e;
                }
            }
        }
    }

    private synchronized boolean closeIdle() {
        if (idle.isEmpty()) {
            return false;
        }
        TableFile longest = idle.iterator().next();
        DiskFile open = longest.open;
        forget(longest);
        if (open != null) {
            try {
                open.close();
            } catch (FileFailure _) {
                // it was only read; its descriptor is free
            }
        }
        return true;
    }
}
