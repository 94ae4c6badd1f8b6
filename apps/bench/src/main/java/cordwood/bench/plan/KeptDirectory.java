package cordwood.bench.plan;

import cordwood.bench.BenchException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds the store that a run has left under the directory that a person names. */
public final class KeptDirectory {

    private KeptDirectory() {}

    /**
     * The store of an engine: the subdirectory that was made for a run of it and kept, or, where
     * several engines are asked for, one of its name. Where only one is asked for and there is
     * none, the directory itself, in which an engine may well have one of its name.
     *
     * @throws BenchException of kind usage where there is none, or several
     */
    public static Path find(Path given, String engine, boolean isOnly) {
        if (!Files.isDirectory(given)) {
            throw BenchException.usage(given + " is not a directory");
        }
        List<Path> found = new ArrayList<>();
        String made = RunDirectory.PREFIX + engine + "-";
        try (DirectoryStream<Path> children = Files.newDirectoryStream(given, Files::isDirectory)) {
            for (Path child : children) {
                String name = String.valueOf(child.getFileName());
                if (isMadeFor(name, made) || (!isOnly && name.equals(engine))) {
                    found.add(child);
                }
            }
        } catch (IOException e) {
            throw BenchException.usage("cannot look into " + given + ": " + e.getMessage(), e);
        }
        if (found.size() > 1) {
            throw BenchException.usage(
                    "%s holds %d stores of %s: name one of them"
                            .formatted(given, found.size(), engine));
        }
        if (found.isEmpty() && !isOnly) {
            throw BenchException.usage(
                    "%s holds no store of %s: neither %s nor %s…"
                            .formatted(given, engine, engine, made));
        }
        return found.isEmpty() ? given : found.getFirst();
    }

    /** Bare runs are called after their engine, too. */
    private static boolean isMadeFor(String name, String made) {
        return name.startsWith(made) && name.indexOf('-', made.length()) < 0;
    }
}
