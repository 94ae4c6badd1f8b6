package cordwood.bench.report;

import cordwood.bench.BenchException;
import cordwood.bench.json.Json;
import cordwood.bench.json.JsonException;
import cordwood.bench.json.JsonObject;
import cordwood.bench.measure.Environment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A result file on disk. The page of the result file describes it. */
public final class ResultFile {

    /** The version of the keys. */
    private static final int SCHEMA = 1;

    /** Who writes result files. */
    private static final String TOOL = "cordwood";

    /** A result of everything a machine could record in a day is far smaller. */
    private static final int FILE_BYTES_MAX = 256 << 20;

    private ResultFile() {}

    /** How every result begins: what wrote it, and which command. */
    public static JsonObject head(String command) {
        return new JsonObject().put("schema", SCHEMA).put("tool", TOOL).put("command", command);
    }

    /** How the result of a measurement begins: also which version, and when that began. */
    public static JsonObject head(String command, Instant startedAt) {
        return head(command)
                .put("version", Environment.version())
                .put("started_at", startedAt.truncatedTo(ChronoUnit.MILLIS).toString());
    }

    /**
     * Refuses a file that could not be written in the end, before hours are spent on it: its
     * directory must exist, and what is there already must be an older result or empty.
     */
    public static void requireWritable(Path file) {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw BenchException.usage("result file " + file + ": its directory does not exist");
        }
        if (!Files.isWritable(directory)) {
            throw BenchException.usage("result file " + file + ": its directory is not writable");
        }
        if (Files.isDirectory(file)) {
            throw BenchException.usage("result file " + file + ": it is a directory");
        }
        try {
            if (Files.isRegularFile(file) && Files.size(file) > 0) {
                ofThisTool(readText(file));
            }
        } catch (IOException | BenchException | JsonException | IllegalArgumentException _) {
            throw BenchException.usage(
                    "result file "
                            + file
                            + ": something else is there already; choose another name");
        }
    }

    /** Writes a result, whole or not at all, over an older one. */
    public static void write(Path file, JsonObject result) {
        Path absolute = file.toAbsolutePath();
        Path unfinished =
                absolute.resolveSibling(
                        absolute.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
        try {
            Files.writeString(unfinished, Json.write(result) + "\n");
            if (Files.exists(absolute) && !Files.isRegularFile(absolute)) {
                Files.copy(unfinished, absolute, StandardCopyOption.REPLACE_EXISTING);
                Files.delete(unfinished);
            } else {
                Files.move(unfinished, absolute, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw BenchException.failed("cannot write result file " + file + ": " + reason(e), e);
        }
    }

    /**
     * Reads a result.
     *
     * @throws BenchException of kind usage, naming the file, when it is none or of another schema
     */
    public static JsonObject read(Path file) {
        String text;
        try {
            text = readText(file);
        } catch (IOException e) {
            throw BenchException.usage("result file " + file + ": " + reason(e), e);
        }
        try {
            JsonObject result = ofThisTool(text);
            Plausibility.check(result);
            for (JsonObject run : result.objects("runs")) {
                ShownDurability.relabel(run);
                dropUncounted(run);
            }
            return result;
        } catch (JsonException | IllegalArgumentException e) {
            throw BenchException.usage("result file " + file + ": " + e.getMessage(), e);
        }
    }

    /** A result of any command, whatever it holds. */
    private static JsonObject ofThisTool(String text) {
        JsonObject result = Json.read(text);
        if (!TOOL.equals(result.find("tool"))) {
            throw new JsonException("it is not a result of " + TOOL);
        }
        if (result.whole("schema") != SCHEMA) {
            throw new JsonException(
                    "schema %d, and only schema %d is known"
                            .formatted(result.whole("schema"), SCHEMA));
        }
        return result;
    }

    private static String readText(Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw BenchException.usage("result file " + file + ": it is not a regular file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(FILE_BYTES_MAX + 1);
            if (bytes.length > FILE_BYTES_MAX) {
                throw BenchException.usage("result file " + file + ": too large to be one");
            }
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        }
    }

    /** Older benches left bytes out of a figure that has kept its name. */
    private static void dropUncounted(JsonObject run) {
        if (run.has("io.wal_bytes") && !run.object("io").names().contains("file_bytes")) {
            run.object("io").put(Figure.WRITE_AMPLIFICATION.key(), null);
        }
    }

    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "no such file";
            case AccessDeniedException _ -> "permission denied";
            case CharacterCodingException _ -> "it is not text";
            default -> String.valueOf(e.getMessage());
        };
    }
}
