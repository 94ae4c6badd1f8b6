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

    /** A reserve as an earlier process left it; changes nothing. */
    public static SpaceReserve of(Disk disk, Path file, long sizeBytes) {
        State state = State.MISSING;
        if (disk.exists(file)) {
            try (DiskFile left = disk.openReadOnly(file)) {
                state = left.sizeBytes() == sizeBytes ? State.THERE : State.MISSING;
            }
        }
        return new SpaceReserve(disk, file, sizeBytes, state);
    }

    /** How much room that is. */
    public long sizeBytes() {
        return sizeBytes;
    }

    /** Whether the room is kept. */
    public boolean isThere() {
        return state == State.THERE;
    }

    /**
     * Keeps the room again, unless it is lent.
     *
     * @return whether that changed anything
     * @throws FileFailure when there is no room, or the disk fails; nothing is left behind
     */
    public synchronized boolean make() {
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

    /** Makes another file of it, of the same size; false when it is not there. */
    public synchronized boolean tryTurnInto(Path target) {
        if (state != State.THERE) {
            return false;
        }
        disk.rename(file, target);
        state = State.MISSING;
        return true;
    }

    /** Gives the room up until {@link #giveBack}; false when it is not there. */
    public synchronized boolean tryLend() {
        if (state != State.THERE) {
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
