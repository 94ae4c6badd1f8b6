package cordwood.files;

import cordwood.files.FileFailure.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A lock file whose operating-system lock is the claim and whose text names the holder. The file
 * stays behind on release: deleting it could take away a lock that the next holder already has.
 */
final class RealDirectoryLock implements DirectoryLock {

    private static final String FILE_NAME = "LOCK";
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    /** Claims of this process: the operating system's lock does not hold within one process. */
    private static final ConcurrentMap<Path, RealDirectoryLock> CLAIMED = new ConcurrentHashMap<>();

    /**
     * The last of those whose channel found no heap to be closed with. They stay reachable: where
     * the collector closed one, the lock of whoever holds the directory by then would go with it.
     */
    private static final AtomicReference<@Nullable RealDirectoryLock> UNCLOSED =
            new AtomicReference<>();

    private final Path directory;
    private final Path claimed;
    private final String holder;

    // guarded by this
    private @Nullable FileChannel channel;
    private @Nullable FileLock lock;
    private boolean closed;

    private @Nullable RealDirectoryLock unclosedBefore;

    private RealDirectoryLock(Path directory, String owner) throws IOException {
        this.directory = directory;
        this.claimed = directory.toRealPath();
        this.holder = words(owner);
    }

    /** Claims a directory; one that is only read is left without a lock file where it has none. */
    static RealDirectoryLock acquire(Path directory, String owner, boolean readOnly)
            throws IOException {
        RealDirectoryLock made = claimed(directory, owner);
        boolean locked = false;
        try {
            if (readOnly) {
                made.lockForReading();
            } else {
                made.lockForWriting();
            }
            locked = true;
            return made;
        } finally {
            if (!locked) {
                made.close();
            }
        }
    }

    /** Comes first: closing the lock file a second time would loose this process's own lock. */
    private static RealDirectoryLock claimed(Path directory, String owner) throws IOException {
        RealDirectoryLock made = new RealDirectoryLock(directory, owner);
        RealDirectoryLock other = CLAIMED.putIfAbsent(made.claimed, made);
        if (other != null) {
            throw refused(directory, other.holder + " (this process)");
        }
        return made;
    }

    private synchronized void lockForWriting() throws IOException {
        Path file = directory.resolve(FILE_NAME);
        if (Files.exists(file)) {
            RealDisk.requireFile(file);
        }
        FileChannel opened =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        channel = opened;
        lock = lock(opened, false);
        name(opened, holder);
    }

    private synchronized void lockForReading() throws IOException {
        Path file = directory.resolve(FILE_NAME);
        if (Files.exists(file)) {
            RealDisk.requireFile(file);
            FileChannel opened = FileChannel.open(file, StandardOpenOption.READ);
            channel = opened;
            lock = lock(opened, true);
        }
    }

    /** Over the holder before, whose room may be the last of a full disk; which matters little. */
    private static void name(FileChannel channel, String me) throws IOException {
        byte[] text = (me + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            channel.write(ByteBuffer.wrap(text), 0);
            channel.truncate(text.length);
        } catch (IOException e) {
            if (RealDisk.Failures.kind(e) != Kind.NO_SPACE) {
                throw e;
            }
        }
    }

    private static String words(String owner) throws IOException {
        return "%s, process %d, boot %s".formatted(owner, ProcessHandle.current().pid(), bootId());
    }

    private FileLock lock(FileChannel opened, boolean shared) throws IOException {
        FileLock locked = tryLock(opened, shared);
        if (locked == null) {
            throw refused(directory, Files.readString(directory.resolve(FILE_NAME)).strip());
        }
        return locked;
    }

    private static @Nullable FileLock tryLock(FileChannel channel, boolean shared)
            throws IOException {
        try {
            return channel.tryLock(0, Long.MAX_VALUE, shared);
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static FileFailure refused(Path directory, String holder) {
        String named = holder.isEmpty() ? "another process" : holder;
        return new FileFailure(Kind.LOCKED, "lock", directory, -1, "it is held by " + named, null);
    }

    /**
     * Tells a holder that died with an earlier boot from one that runs under the same number now.
     */
    private static String bootId() throws IOException {
        return Files.isReadable(BOOT_ID) ? Files.readString(BOOT_ID).strip() : "unknown";
    }

    @Override
    public Path directory() {
        return directory;
    }

    /** Needs no heap to set the directory free. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        try {
            if (lock != null) {
                lock.release();
            }
            closed = true;
            if (channel != null) {
                closeChannel(channel);
            }
        } catch (IOException e) {
            closed = true;
            throw RealDisk.Failures.of("unlock", directory, -1, e);
        } finally {
            if (closed) {
                CLAIMED.remove(claimed, this);
            }
        }
    }

    private void closeChannel(FileChannel opened) throws IOException {
        try {
            opened.close();
        } catch (OutOfMemoryError _) { // it is not to be closed twice
            do {
                unclosedBefore = UNCLOSED.get();
            } while (!UNCLOSED.compareAndSet(unclosedBefore, this));
        }
    }
}
