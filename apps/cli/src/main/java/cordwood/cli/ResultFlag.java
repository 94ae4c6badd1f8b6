package cordwood.cli;

import cordwood.bench.json.JsonObject;
import cordwood.bench.report.ResultFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a command that is no bench writes its result, if anywhere; mixed into those that do. */
final class ResultFlag {

    @Option(names = "--json", paramLabel = "FILE", description = "Write the result to a file.")
    @Nullable Path file;

    /**
     * Refuses a file that could not be written in the end, or that is something else, before
     * anything is done.
     */
    void requireWritable() {
        Path to = file;
        if (to != null) {
            ResultFile.requireWritable(to);
        }
    }

    /** The fields that each result has. */
    JsonObject head(String command) {
        return ResultFile.head(command);
    }

    /** Writes it, where a file was named. */
    void write(JsonObject result) {
        Path to = file;
        if (to != null) {
            ResultFile.write(to, result);
        }
    }
}
