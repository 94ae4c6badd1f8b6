package cordwood.lsm.format;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import java.nio.file.Path;
import java.util.List;

/**
 * A file without content that keeps room on the disk. Where there is no other, it is deleted for
 * what gives room back, such as the flush behind a trim, or becomes another file; and is made again
 * afterwards. Thread-safe.
 */
public final class SpaceReserve {

    private enum State {
        MISSING,
        /** As an earlier process kept it, which had other options. */
        OF_OTHER_SIZE,
        THERE,
        LENT
    }

    private final Disk disk;
    private final Path file;
    private final long sizeBytes;
    private final long leftBytes; // by an earlier process

    private volatile State state; // changed under the lock only

    private SpaceReserve(Disk disk, Path file, long sizeBytes, long leftBytes) {
        this.disk = disk;
        this.file = file;
        this.sizeBytes = sizeBytes;
        this.leftBytes = leftBytes;
        this.state =
                leftBytes == sizeBytes
                        ? State.THERE
                        : leftBytes > 0 ? State.OF_OTHER_SIZE : State.MISSING;
    }

    /** A reserve as an earlier process left it; changes nothing. */
    public static SpaceReserve of(Disk disk, Path file, long sizeBytes) {
        long leftBytes = 0;
        if (disk.exists(file)) {
            try (DiskFile left = disk.openReadOnly(file)) {
                leftBytes = left.sizeBytes();
            }
        }
        return new SpaceReserve(disk, file, sizeBytes, leftBytes);
    }

    /** How much room is kept now; perhaps another amount than is wanted. */
    public long keptBytes() {
        return switch (state) {
            case MISSING, LENT -> 0;
            case OF_OTHER_SIZE -> leftBytes;
            case THERE -> sizeBytes;
        };
    }

    /** Whether all the room is kept that is wanted. */
    public boolean isThere() {
        return state == State.THERE;
    }

    /**
     * Keeps the room again, unless it is lent.
     *
     * @return whether that changed anything
     * @throws FileFailure when there is no room, or the disk fails; nothing is left behind but what
     *     was there
     */
    public synchronized boolean make() {
        switch (state) {
            case MISSING -> create();
            case OF_OTHER_SIZE -> resize();
            case THERE, LENT -> {
                return false;
            }
        }
        state = State.THERE;
        return true;
    }

    private void create() {
        if (disk.exists(file)) {
            disk.delete(file); // half made
        }
        try (DiskFile made = disk.create(file)) {
            made.preallocate(sizeBytes);
            made.sync(); // until then it may be a promise
        } catch (FileFailure e) {
            Leftovers.delete(disk, List.of(file), e);
            throw e;
        }
    }

    /** In place: what is kept may be the only room there is. */
    private void resize() {
        try (DiskFile left = disk.open(file)) {
            if (leftBytes < sizeBytes) {
                left.preallocate(sizeBytes);
            } else {
                left.truncate(sizeBytes);
            }
            left.sync();
        }
    }

    /** Makes another file of it, of the same size; false when it is not there. */
    public synchronized boolean tryTurnInto(Path target) {
        if (state != State.THERE) {
            return false;
        }
        disk.rename(file, target);
        state = State.MISSING;
        return true;
    }

    /** Gives up what is kept until {@link #giveBack}; false when that is nothing. */
    public synchronized boolean tryLend() {
        if (keptBytes() == 0) {
            return false;
        }
        disk.delete(file);
        state = State.LENT;
        return true;
    }

    /** Lets the room be kept again once there is some; false when it was not lent. */
    public synchronized boolean giveBack() {
        boolean lent = state == State.LENT;
        state = lent ? State.MISSING : state;
        return lent;
    }
}
