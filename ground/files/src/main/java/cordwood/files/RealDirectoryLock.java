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
import org.jspecify.annotations.Nullable;

/**
 * A lock file whose operating-system lock is the claim and whose text names the holder. The file
 * stays behind on release: deleting it could take away a lock that the next holder already has.
 */
final class RealDirectoryLock implements DirectoryLock {

    private static final String FILE_NAME = "LOCK";
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    /** Claims of this process: the operating system's lock does not hold within one process. */
    private static final ConcurrentMap<Path, String> CLAIMED = new ConcurrentHashMap<>();

    private final Path directory;
    private final Path claimed;
    private final @Nullable FileChannel channel;

    // guarded by this
    private boolean closed;

    private RealDirectoryLock(Path directory, Path claimed, @Nullable FileChannel channel) {
        this.directory = directory;
        this.claimed = claimed;
        this.channel = channel;
    }

    static RealDirectoryLock acquire(Path directory, String owner) throws IOException {
        String me = words(owner);
        Path claimed = claim(directory, me);
        FileChannel channel = null;
        boolean locked = false;
        try {
            channel =
                    FileChannel.open(
                            directory.resolve(FILE_NAME),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
            requireLock(channel, false, directory);
            name(channel, me);
            locked = true;
            return new RealDirectoryLock(directory, claimed, channel);
        } finally {
            if (!locked) {
                giveUp(claimed, channel);
            }
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

    static RealDirectoryLock acquireForReading(Path directory, String owner) throws IOException {
        Path claimed = claim(directory, words(owner));
        FileChannel channel = null;
        boolean locked = false;
        try {
            Path file = directory.resolve(FILE_NAME);
            if (Files.exists(file)) {
                channel = FileChannel.open(file, StandardOpenOption.READ);
                requireLock(channel, true, directory);
            }
            locked = true;
            return new RealDirectoryLock(directory, claimed, channel);
        } finally {
            if (!locked) {
                giveUp(claimed, channel);
            }
        }
    }

    private static String words(String owner) throws IOException {
        return "%s, process %d, boot %s".formatted(owner, ProcessHandle.current().pid(), bootId());
    }

    /** Comes first: closing the lock file a second time would loose this process's own lock. */
    private static Path claim(Path directory, String me) throws IOException {
        Path claimed = directory.toRealPath();
        String holder = CLAIMED.putIfAbsent(claimed, me);
        if (holder != null) {
            throw refused(directory, holder + " (this process)");
        }
        return claimed;
    }

    private static void giveUp(Path claimed, @Nullable FileChannel channel) throws IOException {
        CLAIMED.remove(claimed);
        if (channel != null) {
            channel.close();
        }
    }

    private static void requireLock(FileChannel channel, boolean shared, Path directory)
            throws IOException {
        if (tryLock(channel, shared) == null) {
            throw refused(directory, Files.readString(directory.resolve(FILE_NAME)).strip());
        }
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

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw RealDisk.Failures.of("unlock", directory, -1, e);
        } finally {
            CLAIMED.remove(claimed);
        }
    }
}
