package cordwood.rocksdb;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import java.nio.file.Path;

/**
 * A file without content that keeps room on the disk: given up for the trims, flushes and
 * compactions that give room back, and made again once they have. Thread-safe.
 */
final class Reserve {

    static final String NAME = "RESERVE";

    /** With more than this free nobody needs one yet. */
    private static final long ROOMY_BYTES = 4L << 30;

    private static final long TABLES_BYTES_MAX = 64L << 20;
    private static final long BYTES_MIN = 64L << 10;
    private static final int SHARE = 4; // of what is free

    private final Disk disk;
    private final Path directory;
    private final Path file;
    private final long bytesMax;

    // changed under the lock only
    private volatile long heldBytes;
    private volatile long sizeBytes;
    private volatile long writtenBytes;
    private boolean isKnown; // whether that was held once, and is to be taken back before all else

    /** A reserve as an earlier process left it, for memtables of that size; changes nothing. */
    Reserve(Disk disk, Path directory, long writeBufferBytes) {
        this.disk = disk;
        this.directory = directory;
        this.file = directory.resolve(NAME);
        this.bytesMax = bytesMax(writeBufferBytes);
        this.heldBytes = found();
        this.isKnown = heldBytes > 0;
        this.sizeBytes = isKnown ? heldBytes : bytesMax;
    }

    /**
     * What is kept on a disk of ordinary size: room for two tables, and at least what RocksDB wants
     * to see free before it resumes.
     */
    static long bytesMax(long writeBufferBytes) {
        return Math.max(Math.min(2 * writeBufferBytes, TABLES_BYTES_MAX), writeBufferBytes / 8 * 9);
    }

    /** Gives up that of a store that is not open; false where there is none. */
    static boolean giveUp(Disk disk, Path directory) {
        Path file = directory.resolve(NAME);
        boolean isThere = disk.exists(file);
        if (isThere) {
            disk.delete(file);
        }
        return isThere;
    }

    private long found() {
        if (!disk.exists(file)) {
            return 0;
        }
        try (DiskFile left = disk.openReadOnly(file)) {
            return left.sizeBytes();
        }
    }

    /** Bytes that are kept, or are to be. */
    long sizeBytes() {
        return sizeBytes;
    }

    /** Bytes that are kept now. */
    long heldBytes() {
        return heldBytes;
    }

    /** Written so far to keep room. */
    long writtenBytes() {
        return writtenBytes;
    }

    /** How much of that is not kept now. */
    long missingBytes() {
        return Math.max(0, sizeBytes - heldBytes);
    }

    static boolean isRoomy(long usableBytes) {
        return usableBytes > ROOMY_BYTES;
    }

    /**
     * Keeps room where that is due and there is some: what was given up, or on a small disk a
     * share.
     *
     * @throws FileFailure when there was no room after all, or the disk fails; nothing is left
     */
    synchronized void make() {
        if (heldBytes > 0) {
            heldBytes = Math.min(heldBytes, found()); // others may have deleted it, or cut it off
        }
        long usableBytes = disk.usableBytes(directory);
        long share = (usableBytes + heldBytes) / SHARE;
        long owed = isKnown ? Math.min(sizeBytes, usableBytes + heldBytes) : 0;
        long wanted = Math.min(bytesMax, Math.max(share, owed));
        wanted -= wanted % Disk.BLOCK_BYTES;
        if (isRoomy(usableBytes) || wanted < BYTES_MIN || heldBytes > wanted / 2) {
            return;
        }
        giveUp();
        boolean made = false;
        try (DiskFile fresh = disk.create(file)) {
            fresh.preallocate(wanted);
            writtenBytes = writtenBytes + wanted;
            fresh.sync(); // until then it may be a promise
            heldBytes = wanted;
            sizeBytes = isKnown ? Math.max(sizeBytes, wanted) : wanted;
            isKnown = true;
            made = true;
        } finally {
            if (!made) {
                delete();
            }
        }
    }

    /** Lets others have the room, first of all this store. */
    synchronized void giveUp() {
        if (heldBytes > 0 || disk.exists(file)) {
            delete();
            heldBytes = 0;
        }
    }

    private void delete() {
        try {
            disk.delete(file);
        } catch (FileFailure e) {
            if (e.kind() != FileFailure.Kind.MISSING) {
                throw e;
            }
        }
    }
}
