package cordwood.bench.run;

import cordwood.bench.BenchException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A directory with everything in it. */
public final class DirectoryTree {

    private DirectoryTree() {}

    /** Bytes of all files; files that vanish meanwhile count nothing. */
    public static long fileBytes(Path root) {
        if (!Files.isDirectory(root)) {
            return 0;
        }
        try (Stream<Path> paths = Files.walk(root)) {
            return paths.mapToLong(DirectoryTree::sizeBytes).sum();
        } catch (IOException | UncheckedIOException _) {
            return 0; // the engine is deleting beside us
        }
    }

    private static long sizeBytes(Path path) {
        try {
            return Files.isRegularFile(path) ? Files.size(path) : 0;
        } catch (IOException _) {
            return 0;
        }
    }

    /** Deletes a directory and what is in it; one that is gone already is fine. */
    public static void delete(Path root) {
        try (Stream<Path> paths = Files.walk(root)) {
            List<Path> deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException _) {
            return;
        } catch (IOException | UncheckedIOException e) {
            throw BenchException.failed("cannot delete " + root + ": " + e.getMessage(), e);
        }
    }
}
