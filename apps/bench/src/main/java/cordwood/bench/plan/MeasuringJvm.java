package cordwood.bench.plan;

import cordwood.bench.BenchException;
import cordwood.bench.json.Json;
import cordwood.bench.json.JsonException;
import cordwood.bench.json.JsonObject;
import cordwood.bench.run.RunControl;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A fresh JVM for a run, so that no run meets the heap, the compiled code or the memory peak of
 * another.
 *
 * <p>The child gets its configuration as its last argument, writes progress to its standard error
 * and what came out as JSON to its standard output, and stops like an interrupted run when its
 * standard input ends: when this process is gone.
 */
public final class MeasuringJvm {

    private final List<String> command;
    private final Consumer<String> progress;

    /**
     * @param command starts a measuring process when the configuration is added as last argument
     * @param progress takes the child's lines for people
     */
    public MeasuringJvm(List<String> command, Consumer<String> progress) {
        this.command = List.copyOf(command);
        this.progress = progress;
    }

    /**
     * Runs to the end, or to what was measured when {@code control} is interrupted.
     *
     * @throws BenchException when there is no JVM, or no answer from it
     */
    public JsonObject run(JsonObject config, RunControl control) {
        List<String> all = new ArrayList<>(command);
        all.add(config.toString());
        Process child;
        try {
            child = new ProcessBuilder(all).start();
        } catch (IOException e) {
            throw BenchException.failed("cannot start a measuring JVM: " + e.getMessage(), e);
        }
        control.onInterrupt(() -> endLifeline(child));
        Thread forwarder = Thread.ofPlatform().daemon().start(() -> forward(child));
        try {
            String output =
                    new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = child.waitFor();
            forwarder.join();
            return answer(output, exit);
        } catch (IOException e) {
            throw BenchException.failed("lost the measuring JVM: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BenchException.failed("interrupted while a run was measured", e);
        } finally {
            child.destroyForcibly();
        }
    }

    /** The child stops as if we were gone; a signal would take its output from us. */
    private static void endLifeline(Process child) {
        try {
            child.getOutputStream().close();
        } catch (IOException _) {
            child.toHandle().destroy();
        }
    }

    private void forward(Process child) {
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(child.getErrorStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                progress.accept(line);
            }
        } catch (IOException _) {
            return; // the child is gone; its outcome says how
        }
    }

    private static JsonObject answer(String output, int exit) {
        try {
            return Json.read(output);
        } catch (JsonException e) {
            throw BenchException.failed(
                    "the measuring JVM ended with exit code %d and no result".formatted(exit), e);
        }
    }
}
