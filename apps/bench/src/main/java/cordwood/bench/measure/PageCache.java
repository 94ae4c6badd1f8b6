package cordwood.bench.measure;

import cordwood.bench.BenchException;
import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the operating system keeps of files in memory, filled or dropped on purpose. Dropping is of
 * the whole machine's, and root's alone. Thread-safe.
 */
public final class PageCache {

    private static final int CHUNK_BYTES = 1 << 20;
    private static final String PAGES_AND_DIRECTORIES = "3";

    private final Path control;

    /** The page cache of this machine. */
    public PageCache() {
        this(Path.of("/proc/sys/vm/drop_caches"));
    }

    /** One that is dropped by writing to a file. */
    PageCache(Path control) {
        this.control = control;
    }

    /**
     * Refuses where it cannot be dropped.
     *
     * @throws BenchException of kind usage
     */
    public void requireDroppable() {
        if (!Files.isWritable(control)) {
            throw BenchException.usage(
                    "a cold read drops the page cache, which root alone can do (%s): run as root, or without --cold"
                            .formatted(control));
        }
    }

    /**
     * Syncs the files below a directory, since what is not on the disk yet cannot be dropped, and
     * drops everything.
     */
    public void drop(Path directory) {
        for (Path file : files(directory)) {
            try (DiskFile open = Disk.real().open(file)) {
                open.sync();
            } catch (FileFailure e) {
                throw BenchException.failed("cannot sync: " + e.getMessage(), e);
            }
        }
        try {
            Files.writeString(control, PAGES_AND_DIRECTORIES);
        } catch (IOException e) {
            throw BenchException.failed("cannot drop the page cache: " + e.getMessage(), e);
        }
    }

    /** Reads every file below a directory once, whoever wrote it past the page cache or through. */
    public static void fill(Path directory) {
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
        for (Path file : files(directory)) {
            try (DiskFile open = Disk.real().openReadOnly(file)) {
                long offsetBytes = 0;
                int readBytes = open.read(offsetBytes, chunk.clear());
                while (readBytes > 0) {
                    offsetBytes += readBytes;
                    readBytes = open.read(offsetBytes, chunk.clear());
                }
            } catch (FileFailure e) {
                if (e.kind() != FileFailure.Kind.MISSING) { // the engine may delete beside us
                    throw BenchException.failed(String.valueOf(e.getMessage()), e);
                }
            }
        }
    }

    private static List<Path> files(Path directory) {
        try (Stream<Path> paths = Files.walk(directory)) {
            return paths.filter(Files::isRegularFile).toList();
        } catch (IOException | UncheckedIOException e) {
            throw BenchException.failed("cannot list " + directory + ": " + e.getMessage(), e);
        }
    }
}
