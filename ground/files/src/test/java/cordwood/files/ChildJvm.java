package cordwood.files;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A second JVM that runs a main class of these tests; killed on close. */
final class ChildJvm implements AutoCloseable {

    private final Process process;
    private final BufferedReader output;

    private ChildJvm(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Starts {@code main}; {@code prefix} goes before the command. */
    static ChildJvm start(List<String> prefix, Class<?> main, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-cp", root(Disk.class) + ":" + root(main), main.getName()));
        command.addAll(List.of(arguments));
        return new ChildJvm(new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    /** The folder that a class was loaded from, as a class path entry. */
    private static String root(Class<?> type) {
        URL resource = type.getResource(type.getSimpleName() + ".class");
        if (resource == null) {
            throw new IllegalStateException("where " + type + " came from is not known");
        }
        String location = resource.getPath();
        String inside = type.getName().replace('.', '/') + ".class";
        return location.substring(0, location.length() - inside.length());
    }

    long pid() {
        return process.toHandle().pid();
    }

    /** The next line it prints; empty at the end. */
    String line() {
        try {
            String line = output.readLine();
            return line == null ? "" : line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it without a chance to clean up. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(2, TimeUnit.MINUTES)) {
            throw new AssertionError("the child JVM does not die");
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        output.close();
    }
}
