package cordwood.files;

import java.nio.file.Path;
import java.util.List;

/**
 * The one seam between Cordwood and a file system: everything an engine reads, writes, syncs,
 * renames or locks goes through here, so that a test can put a failing or crashing disk in its
 * place.
 *
 * <p>All methods block and may be called from any thread. Failures are {@link FileFailure}s that
 * carry the path, the operation and the offset; {@code java.io.IOException} does not leave this
 * room. Callers must not interrupt threads that are inside a call: an interrupt closes the channel
 * underneath.
 */
public interface Disk {

    /** What uncached writes start on multiples of; no smaller than any common file system's. */
    int BLOCK_BYTES = 4096;

    /** The file system of the operating system. */
    static Disk real() {
        return RealDisk.INSTANCE;
    }

    /**
     * Creates a file that must not exist yet, for reading and writing. The caller owns the result.
     */
    DiskFile create(Path path);

    /**
     * As {@link #create}, for a file that is written once from front to back and not read soon:
     * writes of whole blocks, from memory and to offsets that start on multiples of {@link
     * #BLOCK_BYTES}, go past the page cache where the file system can do that. Others are made as
     * usual; a block must not be written both ways.
     */
    default DiskFile createUncached(Path path) {
        return create(path);
    }

    /** Opens an existing file for reading and writing. The caller owns the result. */
    DiskFile open(Path path);

    /** Opens an existing file for reading only. The caller owns the result. */
    DiskFile openReadOnly(Path path);

    /** Whether a file or directory is there. */
    boolean exists(Path path);

    /** Whether a directory is there. */
    default boolean isDirectory(Path path) {
        try {
            list(path);
            return true;
        } catch (FileFailure _) {
            return false;
        }
    }

    /** Where an absolute path leads, with links followed as far as it exists. */
    default Path realPath(Path path) {
        return path;
    }

    /**
     * The entries of a directory, sorted by name, without {@code lost+found}: a file system keeps
     * that in its root for itself.
     */
    List<Path> list(Path directory);

    /** Creates a directory and its missing parents, and syncs the parents of what it created. */
    void createDirectories(Path directory);

    /** Renames atomically within one directory; a file already at {@code to} is replaced. */
    void rename(Path from, Path to);

    /**
     * Gives a file a second name, which must not exist yet: from then on both name the same bytes,
     * and deleting one leaves the other. Never for files that are still written to.
     *
     * @return false where the file system gives no second name, for it has none, has given as many
     *     as it can, lies elsewhere than {@code link}, or does not allow it: nothing was done, and
     *     a copy is the way
     */
    boolean tryLink(Path file, Path link);

    /** Deletes a file or an empty directory that must exist. */
    void delete(Path path);

    /**
     * Makes creations, links, renames and deletions inside a directory survive power loss (fsync).
     */
    void syncDirectory(Path directory);

    /** Bytes that an unprivileged writer can still place on the file system of {@code path}. */
    long usableBytes(Path path);

    /**
     * Claims a directory for this process until the result is closed.
     *
     * @param owner who claims it, in words that help whoever is refused ("lsm store")
     * @throws FileFailure of kind {@code LOCKED}, naming the owner, when it is claimed already, by
     *     another process or by this one
     */
    DirectoryLock lock(Path directory, String owner);

    /**
     * Keeps others from claiming a directory while the result is open, and changes nothing in it: a
     * directory that was never claimed gets no lock file. Other processes may do the same at once.
     *
     * @param owner who reads, in words that help whoever is refused ("inspection")
     * @throws FileFailure of kind {@code LOCKED}, naming the owner, when it is claimed already, by
     *     another process or in any way by this one
     */
    DirectoryLock lockForReading(Path directory, String owner);
}
