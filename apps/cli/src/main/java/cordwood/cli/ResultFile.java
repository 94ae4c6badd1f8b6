package cordwood.cli;

import cordwood.bench.json.Json;
import cordwood.bench.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What {@code --json FILE} of a command that is no bench writes. */
final class ResultFile {

    private ResultFile() {}

    /** The fields that each has. */
    static JsonObject of(String command) {
        return new JsonObject().put("schema", 1).put("tool", "cordwood").put("command", command);
    }

    /** Writes it, where a file was named. */
    static void write(@Nullable Path file, JsonObject result) {
        if (file == null) {
            return;
        }
        try {
            Files.writeString(file, Json.write(result));
        } catch (IOException e) {
            throw new UsageException("--json %s: cannot be written: %s".formatted(file, e));
        }
    }
}
