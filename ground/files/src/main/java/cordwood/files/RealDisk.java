package cordwood.files;

import cordwood.files.FileFailure.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The file system of the operating system. */
final class RealDisk implements Disk {

    private static final String LOST_AND_FOUND = "lost+found";

    static final RealDisk INSTANCE = new RealDisk();

    private RealDisk() {}

    @Override
    public DiskFile create(Path path) {
        return open(
                "create",
                path,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }

    @Override
    public DiskFile createUncached(Path path) {
        DiskFile file = create(path);
        FileChannel direct = UncachedDiskFile.openDirect(path);
        return direct == null ? file : new UncachedDiskFile(file, direct);
    }

    @Override
    public DiskFile open(Path path) {
        return openPresent("open", path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    @Override
    public DiskFile openReadOnly(Path path) {
        return openPresent("open", path, StandardOpenOption.READ);
    }

    private static DiskFile openPresent(String operation, Path path, OpenOption... options) {
        try {
            requireFile(path);
        } catch (IOException e) {
            throw Failures.of(operation, path, -1, e);
        }
        return open(operation, path, options);
    }

    /** Opening a pipe waits for whoever has its other end, perhaps for ever. */
    static void requireFile(Path path) throws IOException {
        if (Files.readAttributes(path, BasicFileAttributes.class).isOther()) {
            throw new FileSystemException(path.toString(), null, Failures.NOT_A_FILE);
        }
    }

    private static DiskFile open(String operation, Path path, OpenOption... options) {
        try {
            return new RealDiskFile(path, FileChannel.open(path, options));
        } catch (IOException e) {
            throw Failures.of(operation, path, -1, e);
        }
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path);
    }

    @Override
    public boolean isDirectory(Path path) {
        return Files.isDirectory(path);
    }

    @Override
    public Path realPath(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            Path parent = path.getParent();
            if (parent == null) {
                throw Failures.of("resolve", path, -1, e);
            }
            return realPath(parent).resolve(path.getFileName());
        }
    }

    @Override
    public List<Path> list(Path directory) {
        if (Files.exists(directory)
                && !Files.isDirectory(directory)) { // a pipe would be waited for
            IOException cause = new NotDirectoryException(directory.toString());
            throw Failures.of("list", directory, -1, cause);
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(entry -> !entry.endsWith(LOST_AND_FOUND)).sorted().toList();
        } catch (IOException e) {
            throw Failures.of("list", directory, -1, e);
        } catch (UncheckedIOException e) {
            throw Failures.of("list", directory, -1, Objects.requireNonNull(e.getCause()));
        }
    }

    @Override
    public void createDirectories(Path directory) {
        Path absolute = directory.toAbsolutePath().normalize();
        if (Files.isDirectory(absolute)) {
            return;
        }
        Path parent = absolute.getParent();
        if (parent != null) {
            createDirectories(parent);
        }
        try {
            Files.createDirectory(absolute);
        } catch (IOException e) {
            if (Files.isDirectory(absolute)) {
                return; // somebody else was faster
            }
            throw Failures.of("create directory", directory, -1, e);
        }
        if (parent != null) {
            syncDirectory(parent);
        }
    }

    @Override
    public void rename(Path from, Path to) {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw Failures.of("rename to " + to.getFileName(), from, -1, e);
        }
    }

    @Override
    public boolean tryLink(Path file, Path link) {
        try {
            Files.createLink(link, file);
            return true;
        } catch (UnsupportedOperationException _) {
            return false;
        } catch (IOException e) {
            if (Failures.isAboutLinks(e)) {
                return false;
            }
            throw Failures.of("link " + file.getFileName() + " to", link, -1, e);
        }
    }

    @Override
    public void delete(Path path) {
        try {
            Files.delete(path);
        } catch (IOException e) {
            throw Failures.of("delete", path, -1, e);
        }
    }

    @Override
    public void syncDirectory(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            throw Failures.of("sync directory", directory, -1, e);
        }
    }

    @Override
    public long usableBytes(Path path) {
        try {
            FileStore store = Files.getFileStore(path);
            return store.getUsableSpace();
        } catch (IOException e) {
            throw Failures.of("measure free space of", path, -1, e);
        }
    }

    @Override
    public DirectoryLock lock(Path directory, String owner) {
        try {
            return RealDirectoryLock.acquire(directory, owner, false);
        } catch (IOException e) {
            throw Failures.of("lock", directory, -1, e);
        }
    }

    @Override
    public DirectoryLock lockForReading(Path directory, String owner) {
        try {
            return RealDirectoryLock.acquire(directory, owner, true);
        } catch (IOException e) {
            throw Failures.of("lock", directory, -1, e);
        }
    }

    /** Turns what the platform reports into a kind that callers can act on. */
    static final class Failures {
        private static final String NOT_A_FILE =
                "not a regular file, but a pipe, a socket or a device";

        private Failures() {}

        static FileFailure of(String operation, Path path, long offsetBytes, IOException cause) {
            return new FileFailure(kind(cause), operation, path, offsetBytes, detail(cause), cause);
        }

        private static String detail(IOException cause) {
            String message = cause.getMessage();
            return switch (cause) {
                case java.nio.file.NoSuchFileException _ -> "no such file or directory";
                case java.nio.file.FileAlreadyExistsException _ -> "it exists already";
                case java.nio.file.AccessDeniedException _ -> "permission denied";
                case java.nio.file.NotDirectoryException _ -> "not a directory";
                case java.nio.file.FileSystemException e when e.getReason() != null ->
                        e.getReason();
                default -> message == null ? cause.getClass().getSimpleName() : message;
            };
        }

        static Kind kind(IOException cause) {
            return switch (cause) {
                case java.nio.file.NoSuchFileException _ -> Kind.MISSING;
                case java.nio.file.FileAlreadyExistsException _ -> Kind.EXISTS;
                case java.nio.file.AccessDeniedException _ -> Kind.DENIED;
                case java.nio.file.NotDirectoryException _ -> Kind.DENIED;
                case java.nio.channels.ClosedChannelException _ -> Kind.CLOSED;
                default -> kind(detail(cause));
            };
        }

        /** Whether another name is what cannot be had here, where a new file may. */
        static boolean isAboutLinks(IOException cause) {
            String detail = detail(cause);
            return detail.contains("Invalid cross-device link")
                    || detail.contains("Too many links")
                    || detail.contains("Operation not permitted")
                    || detail.contains("Operation not supported")
                    || detail.contains("Function not implemented");
        }

        /** The JDK passes the text of errno for these and nothing else. */
        private static Kind kind(String detail) {
            if (detail.contains("No space left on device")
                    || detail.contains("Disk quota exceeded")
                    || detail.contains("File too large")) {
                return Kind.NO_SPACE;
            }
            if (detail.contains("Too many open files")) { // of the process, or "in system"
                return Kind.TOO_MANY_OPEN;
            }
            if (detail.contains("Read-only file system")
                    || detail.contains("Operation not permitted")
                    || detail.contains("Not a directory")
                    || detail.contains("Is a directory")
                    || detail.equals(NOT_A_FILE)
                    || detail.contains("File name too long")) {
                return Kind.DENIED;
            }
            return Kind.IO;
        }
    }
}
