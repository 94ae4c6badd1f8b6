package cordwood.lsm.checkpoint;

import cordwood.files.DirectoryLock;
import cordwood.files.Disk;
import cordwood.files.FileFailure;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.format.Leftovers;
import cordwood.store.StoreException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A directory in which a store is made out of another's files: a new one, claimed meanwhile, and
 * gone with all that is in it where that fails. Used once, by one thread.
 */
final class TargetDirectory {

    private final Disk disk;
    private final Path path;
    private final String owner;

    private final List<Path> made = new ArrayList<>(); // the outermost first

    /**
     * A directory not made yet.
     *
     * @param owner what is made there, in words that help whoever is refused
     */
    TargetDirectory(Disk disk, Path path, String owner) {
        this.disk = disk;
        this.path = path;
        this.owner = owner;
    }

    /**
     * Refuses a target that cannot become one.
     *
     * @param source directory of the store whose files are used
     * @throws StoreException.Invalid when the target exists, or lies in the source
     */
    static void require(Disk disk, Path target, Path source) {
        if (disk.realPath(target).startsWith(disk.realPath(source))) {
            throw new StoreException.Invalid(
                    "%s lies in the store's own directory, %s".formatted(target, source));
        }
        requireAbsent(disk, target);
    }

    static void requireAbsent(Disk disk, Path target) {
        if (disk.exists(target) || isLink(disk, target)) {
            throw new StoreException.Invalid(target + " exists already");
        }
    }

    /** Whether the name is taken all the same, by a link that leads nowhere. */
    private static boolean isLink(Disk disk, Path target) {
        Path absolute = target.toAbsolutePath();
        Path parent = absolute.getParent();
        return parent != null && disk.exists(parent) && disk.list(parent).contains(absolute);
    }

    /**
     * Makes the directory and what is in it.
     *
     * @param filling makes the files, each noted by {@link #file} before
     * @throws StoreException.Invalid when it cannot be made, or somebody else was faster
     * @throws RuntimeException what the filling throws; nothing is left then
     */
    void make(Consumer<TargetDirectory> filling) {
        noteMissing();
        createDirectories();
        try (DirectoryLock _ = lock()) { // another one may be made of the same name
            fill(filling);
        }
    }

    /** The path of a file that is about to be made. */
    Path file(String name) {
        Path file = path.resolve(name);
        made.add(file);
        return file;
    }

    private void noteMissing() {
        for (Path at = path; at != null && !disk.exists(at); at = at.getParent()) {
            made.addFirst(at);
        }
    }

    private void createDirectories() {
        try {
            disk.createDirectories(path);
        } catch (FileFailure e) {
            delete(e);
            throw refusal(e);
        }
    }

    private RuntimeException refusal(FileFailure thrown) {
        boolean isTarget =
                thrown.kind() == FileFailure.Kind.EXISTS
                        || thrown.kind() == FileFailure.Kind.DENIED;
        return isTarget
                ? new StoreException.Invalid(path + " cannot be made: " + thrown.getMessage())
                : thrown;
    }

    private DirectoryLock lock() {
        try {
            return disk.lock(path, owner);
        } catch (FileFailure e) {
            if (e.kind() == FileFailure.Kind.LOCKED) {
                throw new StoreException.Invalid(path + " is being made: " + e.getMessage());
            }
            made.add(path.resolve(FileNames.LOCK));
            delete(e);
            throw refusal(e);
        }
    }

    private void fill(Consumer<TargetDirectory> filling) {
        made.add(path.resolve(FileNames.LOCK));
        try {
            if (disk.list(path).stream().anyMatch(FileNames::isOurs)) {
                made.clear();
                throw new StoreException.Invalid(path + " exists already");
            }
            filling.accept(this);
        } catch (RuntimeException | Error e) {
            delete(e);
            throw e;
        }
    }

    private void delete(Throwable because) {
        Leftovers.delete(disk, made.reversed(), because);
    }
}
