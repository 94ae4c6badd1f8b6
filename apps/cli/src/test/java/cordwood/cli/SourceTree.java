package cordwood.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The repository this test was built from. */
final class SourceTree {

    /** The folder of the launcher and the root pom. */
    static final Path ROOT = root();

    private static final List<String> NOT_OURS = List.of("target", ".git", ".idea");

    private SourceTree() {}

    /** Every file of ours with the ending, in a fixed order; no build output. */
    static List<Path> files(String ending) {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .filter(file -> !isForeign(ROOT.relativize(file)))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isForeign(Path relative) {
        for (Path part : relative) {
            if (NOT_OURS.contains(part.toString())) {
                return true;
            }
        }
        return false;
    }

    private static Path root() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.isRegularFile(at.resolve("cordwood"))) {
            at = at.getParent();
            if (at == null) {
                throw new IllegalStateException("no launcher above the working directory");
            }
        }
        return at;
    }
}
