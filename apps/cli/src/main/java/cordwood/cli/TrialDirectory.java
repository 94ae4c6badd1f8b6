package cordwood.cli;

import cordwood.bench.run.DirectoryTree;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory made for one trial; it goes with the trial, unless it is to be looked at. */
final class TrialDirectory implements AutoCloseable {

    private final Path path;
    private final PrintWriter out;
    private boolean kept;

    private TrialDirectory(Path path, boolean kept, PrintWriter out) {
        this.path = path;
        this.kept = kept;
        this.out = out;
    }

    /**
     * A new one.
     *
     * @param base where; made where it is missing
     * @param kept whether it stays in any case
     * @param out takes where it is, if it stays
     */
    static TrialDirectory create(Path base, String prefix, boolean kept, PrintWriter out) {
        try {
            Files.createDirectories(base);
            Path path = Files.createTempDirectory(base.toAbsolutePath(), prefix);
            return new TrialDirectory(path, kept, out);
        } catch (IOException e) {
            throw new UsageException("--dir %s: cannot be used: %s".formatted(base, e));
        }
    }

    Path path() {
        return path;
    }

    /** What is in it is evidence: it stays. */
    void keep() {
        kept = true;
    }

    @Override
    public void close() {
        if (kept) {
            out.println("the data is in " + path);
        } else {
            DirectoryTree.delete(path);
        }
    }
}
