package cordwood.testkit;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A second JVM that runs a main class of the tests, on everything that this JVM has, as one class
 * path. Killed when it is closed. Confined to one thread, but for {@link #kill}.
 */
public final class ChildJvm implements AutoCloseable {

    private final Process process;
    private final BufferedReader output;
    private final Path complaints;

    private ChildJvm(Process process, Path complaints) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
        this.complaints = complaints;
    }

    /** Starts {@code main} in a JVM with these options. */
    public static ChildJvm start(List<String> options, Class<?> main, List<String> arguments) {
        return start(List.of(), options, main, arguments);
    }

    /** The same with something before the command, such as what prepares its surroundings. */
    public static ChildJvm start(
            List<String> prefix, List<String> options, Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(command(options, main, arguments));
        try {
            Path complaints = Files.createTempFile("child-jvm-", ".err");
            ProcessBuilder builder = new ProcessBuilder(command);
            return new ChildJvm(builder.redirectError(complaints.toFile()).start(), complaints);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The command that starts {@code main}, for whoever starts it. */
    public static List<String> command(
            List<String> options, Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", classPath(main), main.getName()));
        command.addAll(arguments);
        return command;
    }

    private static String classPath(Class<?> main) {
        List<String> entries = new ArrayList<>(List.of(root(main)));
        for (String property : List.of("jdk.module.path", "java.class.path")) {
            String path = System.getProperty(property, "");
            if (!path.isEmpty()) {
                entries.add(path);
            }
        }
        return String.join(File.pathSeparator, entries);
    }

    /** The folder that a class was loaded from. */
    private static String root(Class<?> type) {
        String inside = type.getName().replace('.', '/') + ".class";
        URL resource = type.getResource("/" + inside);
        if (resource == null) {
            throw new IllegalStateException("where " + type + " came from is not known");
        }
        String location = resource.getPath();
        return location.substring(0, location.length() - inside.length());
    }

    /** The next line it prints; null at the end. */
    public @Nullable String line() {
        try {
            return output.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its exit, once it has ended; one that does not end in time is killed and is a failure. */
    public int awaitExit(Duration most) {
        try {
            if (process.waitFor(most.toMillis(), TimeUnit.MILLISECONDS)) {
                return process.exitValue();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kill();
        throw new AssertionError("the child JVM did not end within " + most);
    }

    /** Sends SIGKILL; what it had printed can still be read. */
    public void kill() {
        process.toHandle().destroyForcibly(); // Process.destroyForcibly would close the pipe
        process.onExit().join();
    }

    /** What it printed to standard error so far. */
    public String complaints() {
        try {
            return Files.readString(complaints);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        kill();
        try {
            output.close();
            Files.delete(complaints);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
