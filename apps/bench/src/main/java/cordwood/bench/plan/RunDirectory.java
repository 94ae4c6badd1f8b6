package cordwood.bench.plan;

import cordwood.bench.BenchException;
import cordwood.bench.run.DirectoryTree;
import cordwood.bench.run.RunConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The directory of one run, and whether it may be deleted: only what was made for the run is, ever.
 */
final class RunDirectory implements AutoCloseable {

    /** What the names of directories begin with that were made for a run. */
    static final String PREFIX = "cordwood-bench-";

    private final Path path;
    private final boolean made;
    private boolean kept;

    private RunDirectory(Path path, boolean made, boolean kept) {
        this.path = path;
        this.made = made;
        this.kept = kept;
    }

    /** The directory for one run of a plan. */
    static RunDirectory choose(PlanRequest request, RunConfig run) {
        return run.needsOwnDirectory()
                ? chooseOwn(request, run.label())
                : new RunDirectory(run.directory(), false, false);
    }

    private static RunDirectory chooseOwn(PlanRequest request, String store) {
        Path given = request.directory();
        if (given != null && request.isSingle()) {
            if (Files.exists(given) && !Files.isDirectory(given)) {
                throw BenchException.usage(given + " is not a directory");
            }
            return new RunDirectory(given, !Files.exists(given), true);
        }
        Path parent = given == null ? Path.of(System.getProperty("java.io.tmpdir")) : given;
        try {
            Files.createDirectories(parent);
            Path path = Files.createTempDirectory(parent, PREFIX + store + "-");
            return new RunDirectory(path, true, request.retainDirectories());
        } catch (IOException e) {
            throw BenchException.usage(
                    "cannot make a directory in " + parent + ": " + reason(e), e);
        }
    }

    private static String reason(IOException e) {
        String type = e.getClass().getSimpleName().replace("Exception", "");
        return e.getMessage() == null ? type : type + " " + e.getMessage();
    }

    Path path() {
        return path;
    }

    /** Whether the directory is still there afterwards. */
    boolean kept() {
        return kept;
    }

    /** The run was refused: even a directory that was to be kept is of no use if it is ours. */
    void forsake() {
        kept = false;
    }

    @Override
    public void close() {
        if (made && !kept) {
            DirectoryTree.delete(path);
        }
    }
}
