package cordwood.rocksdb;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A small file system in memory, for those who may mount one; others skip the test. */
final class SmallDisk implements AutoCloseable {

    private final Path path;

    private SmallDisk(Path path) {
        this.path = path;
    }

    static SmallDisk mount(Path path, String size) throws IOException {
        Files.createDirectories(path);
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", path.toString()),
                "needs the right to mount a small file system");
        return new SmallDisk(path);
    }

    Path path() {
        return path;
    }

    void remount(String options) {
        assumeTrue(run("mount", "-o", "remount," + options, path.toString()));
    }

    /** Leaves room for that many bytes. */
    void fillButFor(long bytes) throws IOException {
        Path fill = path.resolve("fill");
        byte[] page = new byte[4096];
        try (OutputStream out = Files.newOutputStream(fill)) {
            while (true) {
                out.write(page);
            }
        } catch (IOException e) {
            try (RandomAccessFile file = new RandomAccessFile(fill.toFile(), "rw")) {
                file.setLength(Math.max(0, file.length() - bytes));
            }
        }
    }

    void giveRoom() throws IOException {
        Files.delete(path.resolve("fill"));
    }

    private static boolean run(String... command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            return process.onExit().orTimeout(2, TimeUnit.MINUTES).join().exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        run("umount", path.toString());
    }
}
