package cordwood.lsm.wal;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.format.Leftovers;
import java.nio.file.Path;
import java.util.List;

/**
 * A file without content that keeps room on the disk. Where there is no other, it is deleted for
 * what gives room back, such as the flush behind a trim, and made again afterwards. Thread-safe.
 */
public final class SpaceReserve {

    private enum State {
        MISSING,
        THERE,
        LENT
    }

    private final Disk disk;
    private final Path file;
    private final long sizeBytes;

    private volatile State state; // changed under the lock only

    private SpaceReserve(Disk disk, Path file, long sizeBytes, State state) {
        this.disk = disk;
        this.file = file;
        this.sizeBytes = sizeBytes;
        this.state = state;
    }

    /** The reserve of a directory, as an earlier process left it; changes nothing. */
    public static SpaceReserve of(Disk disk, Path directory, long sizeBytes) {
        Path file = directory.resolve(FileNames.RESERVE);
        State state = State.MISSING;
        if (disk.exists(file)) {
            try (DiskFile left = disk.openReadOnly(file)) {
                state = left.sizeBytes() == sizeBytes ? State.THERE : State.MISSING;
            }
        }
        return new SpaceReserve(disk, file, sizeBytes, state);
    }

    /** Whether the room is kept. */
    boolean isThere() {
        return state == State.THERE;
    }

    /**
     * Keeps the room again, unless it is lent.
     *
     * @return whether that changed anything
     * @throws FileFailure when there is no room, or the disk fails; nothing is left behind
     */
    synchronized boolean make() {
        if (state != State.MISSING) {
            return false;
        }
        if (disk.exists(file)) {
            disk.delete(file); // half made, or of another size
        }
        try (DiskFile made = disk.create(file)) {
            made.preallocate(sizeBytes);
            made.sync(); // until then it may be a promise
        } catch (FileFailure e) {
            Leftovers.delete(disk, List.of(file), e);
            throw e;
        }
        state = State.THERE;
        return true;
    }

    /** Gives the room up until {@link #giveBack}; false when it is not there. */
    synchronized boolean tryLend() {
        if (state != State.THERE) {
            return false;
        }
        disk.delete(file);
        state = State.LENT;
        return true;
    }

    /** Lets the room be kept again once there is some; false when it was not lent. */
    synchronized boolean giveBack() {
        boolean lent = state == State.LENT;
        state = lent ? State.MISSING : state;
        return lent;
    }
}
