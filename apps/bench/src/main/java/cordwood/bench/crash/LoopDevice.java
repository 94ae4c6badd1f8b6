package cordwood.bench.crash;

import cordwood.bench.BenchException;
import cordwood.store.Durability;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A disk that loses what was not synced: ext4 on a loop device, whose backing file is copied after
 * the kill and used instead. What the file system still holds in memory is not in the copy. Needs
 * root. Confined to one thread.
 */
public final class LoopDevice implements Aftermath, AutoCloseable {

    /** So that ext4 writes nothing by itself between a kill and the copy. */
    private static final String MOUNT_OPTIONS = "loop,commit=600";

    private final Path base;
    private final Path mountPoint;
    private int copies;
    private boolean mounted;

    private LoopDevice(Path base) {
        this.base = base;
        this.mountPoint = base.resolve("mount");
    }

    /**
     * Makes one in a directory, where its backing file stays.
     *
     * @throws BenchException when that cannot be done here
     */
    public static LoopDevice create(Path base, long bytes) {
        LoopDevice device = new LoopDevice(base);
        try {
            Files.createDirectories(device.mountPoint);
        } catch (IOException e) {
            throw BenchException.failed("no loop device: " + e.getMessage(), e);
        }
        run("truncate", "--size=" + bytes, device.backing().toString());
        run("mkfs.ext4", "-q", "-F", device.backing().toString());
        device.mount();
        return device;
    }

    /** Where its files are. */
    public Path directory() {
        return mountPoint;
    }

    private Path backing() {
        return base.resolve("disk-%d.img".formatted(copies));
    }

    private void mount() {
        run(
                "mount",
                "-t",
                "ext4",
                "-o",
                MOUNT_OPTIONS,
                backing().toString(),
                mountPoint.toString());
        mounted = true;
    }

    private void unmount() {
        run("umount", mountPoint.toString());
        mounted = false;
    }

    @Override
    public Durability survivor() {
        return Durability.DURABLE;
    }

    @Override
    public void come() {
        Path before = backing();
        copies++;
        run("cp", "--sparse=always", before.toString(), backing().toString());
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

    private static void run(String... command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw BenchException.failed(
                        "%s failed: %s".formatted(String.join(" ", command), said.strip()));
            }
        } catch (IOException e) {
            throw BenchException.failed("%s: %s".formatted(command[0], e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BenchException.failed("interrupted at " + List.of(command));
        }
    }

    /** Takes it out of use; its backing file stays. */
    @Override
    public void close() {
        if (mounted) {
            unmount();
        }
    }
}
