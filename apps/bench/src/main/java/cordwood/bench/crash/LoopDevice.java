package cordwood.bench.crash;

import cordwood.bench.BenchException;
import cordwood.store.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/**
 * A disk that loses what was not synced: ext4 on a loop device, whose backing file is copied after
 * the kill and used instead. What the file system still holds in memory is not in the copy. Needs
 * root. Confined to one thread.
 */
public final class LoopDevice implements Aftermath, AutoCloseable {

    /** So that ext4 writes nothing by itself between a kill and the copy. */
    private static final String MOUNT_OPTIONS = "loop,commit=600";

    private static final List<String> TOOLS =
            List.of("truncate", "mkfs.ext4", "mount", "umount", "cp");

    private static final int UNMOUNTS_MAX = 5;
    private static final long UNMOUNT_PAUSE_NANOS = 100_000_000;

    private final Path base;
    private final Path mountPoint;
    private int copies;
    private boolean mounted;

    private LoopDevice(Path base) {
        this.base = base;
        this.mountPoint = base.resolve("mount");
    }

    /**
     * Refuses a user or a search path with which none can be made.
     *
     * @throws BenchException of kind usage
     */
    public static void requireUsable() {
        require(userId(), Objects.requireNonNullElse(System.getenv("PATH"), ""));
    }

    static void require(int userId, String searchPath) {
        if (userId != 0) {
            throw BenchException.usage("a loop device needs root");
        }
        SystemTool.require(TOOLS, searchPath);
    }

    private static int userId() {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            throw BenchException.usage("a loop device needs Linux", e);
        }
    }

    /**
     * Makes one in a directory, where its backing file stays.
     *
     * @throws BenchException when that cannot be done here; nothing is left then
     */
    public static LoopDevice create(Path base, long bytes) {
        LoopDevice device = new LoopDevice(base);
        try {
            Files.createDirectories(device.mountPoint);
            requireRoom(base, bytes);
            SystemTool.run("truncate", "--size=" + bytes, device.backing().toString());
            SystemTool.run("mkfs.ext4", "-q", "-F", device.backing().toString());
            device.mount();
            return device;
        } catch (IOException e) {
            device.discard();
            throw BenchException.failed("no loop device: " + e.getMessage(), e);
        } catch (BenchException e) {
            device.discard();
            throw e;
        }
    }

    /** A sparse file that cannot be filled would pass for a disk that fails. */
    private static void requireRoom(Path base, long bytes) throws IOException {
        long freeBytes = Files.getFileStore(base).getUsableSpace();
        if (freeBytes < bytes) {
            throw BenchException.usage(
                    "a loop device needs %,d bytes in %s, where %,d are free"
                            .formatted(bytes, base, freeBytes));
        }
    }

    private void discard() {
        delete(backing());
        delete(mountPoint);
    }

    /** Where its files are. */
    public Path directory() {
        return mountPoint;
    }

    private Path backing() {
        return base.resolve("disk-%d.img".formatted(copies));
    }

    private void mount() {
        SystemTool.run(
                "mount",
                "-t",
                "ext4",
                "-o",
                MOUNT_OPTIONS,
                backing().toString(),
                mountPoint.toString());
        mounted = true;
    }

    /** Those who are in there keep it, and its loop device, until they leave. */
    private void unmount() {
        for (int i = 0; mounted && i < UNMOUNTS_MAX; i++) {
            try {
                SystemTool.run("umount", mountPoint.toString());
                mounted = false;
            } catch (BenchException _) {
                LockSupport.parkNanos(UNMOUNT_PAUSE_NANOS);
            }
        }
        if (mounted) {
            SystemTool.run("umount", "--lazy", mountPoint.toString());
            mounted = false;
        }
    }

    @Override
    public Durability survivor() {
        return Durability.DURABLE;
    }

    @Override
    public void come() {
        Path before = backing();
        copies++;
        SystemTool.run("cp", "--sparse=always", before.toString(), backing().toString());
        unmount();
        delete(before);
        mount();
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw BenchException.failed("cannot remove " + file + ": " + e.getMessage(), e);
        }
    }

    /** Takes it out of use; its backing file stays. */
    @Override
    public void close() {
        unmount();
    }
}
