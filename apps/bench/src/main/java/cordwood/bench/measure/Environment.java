package cordwood.bench.measure;

import com.sun.management.OperatingSystemMXBean;
import cordwood.bench.json.JsonObject;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.module.ModuleDescriptor;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Where a result comes from: the {@code environment} of a result file. */
public final class Environment {

    private static final Path CPU = Path.of("/proc/cpuinfo");
    private static final Path MOUNTS = Path.of("/proc/self/mounts");
    private static final String UNKNOWN = "unknown";

    private Environment() {}

    /**
     * The machine and the build as they are now.
     *
     * @param directory where the stores live or will live
     * @param jvmFlags the flags of the measuring JVMs
     */
    public static JsonObject describe(Path directory, List<String> jvmFlags) {
        return new JsonObject()
                .put("jdk", System.getProperty("java.vendor") + " " + Runtime.version())
                .put("jvm_flags", String.join(" ", jvmFlags))
                .put("cpu", cpu())
                .put("cores", Runtime.getRuntime().availableProcessors())
                .put("memory_bytes", memoryBytes())
                .put(
                        "kernel",
                        System.getProperty("os.name") + " " + System.getProperty("os.version"))
                .put("filesystem", fileSystem(directory))
                .put("mount", mount(directory))
                .put("git", git());
    }

    /** The version of this bench. */
    public static String version() {
        ModuleDescriptor module = Environment.class.getModule().getDescriptor();
        return module == null ? UNKNOWN : module.rawVersion().orElse(UNKNOWN);
    }

    /** The system's load average over the last minute, or NaN. */
    public static double loadAverage() {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        return load < 0 ? Double.NaN : load;
    }

    private static String cpu() {
        try {
            for (String line : Files.readAllLines(CPU)) {
                if (line.startsWith("model name")) {
                    return line.substring(line.indexOf(':') + 1).strip();
                }
            }
        } catch (IOException _) {
            return System.getProperty("os.arch"); // no /proc here
        }
        return System.getProperty("os.arch");
    }

    /** What the system, or the container we are in, has. */
    private static @Nullable Long memoryBytes() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : null;
    }

    /** The nearest directory above that exists: the store's own may be still to come. */
    private static Path existing(Path directory) {
        Path at = directory.toAbsolutePath().normalize();
        while (at.getParent() != null && !Files.exists(at)) {
            at = at.getParent();
        }
        return at;
    }

    /** The type of the file system a directory is on: {@code ext4}. */
    public static String fileSystem(Path directory) {
        try {
            return Files.getFileStore(existing(directory)).type();
        } catch (IOException _) {
            return UNKNOWN;
        }
    }

    private static String mount(Path directory) {
        String best = UNKNOWN;
        int bestLength = -1;
        try {
            Path real = existing(directory).toRealPath();
            for (String line : Files.readAllLines(MOUNTS)) {
                String[] fields = line.split(" ");
                if (real.startsWith(fields[1]) && fields[1].length() >= bestLength) {
                    best = fields[0] + " on " + fields[1] + " (" + fields[3] + ")";
                    bestLength = fields[1].length();
                }
            }
        } catch (IOException | RuntimeException _) {
            return UNKNOWN;
        }
        return best;
    }

    /** The revision of the checkout that this code was built in, where it lies in one. */
    private static String git() {
        Path checkout = checkout();
        if (checkout == null) {
            return UNKNOWN;
        }
        try {
            Process git =
                    new ProcessBuilder("git", "describe", "--always", "--dirty", "--abbrev=12")
                            .directory(checkout.toFile())
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (!git.waitFor(5, TimeUnit.SECONDS)) {
                git.destroyForcibly();
                return UNKNOWN;
            }
            String revision =
                    new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return revision.isEmpty() ? UNKNOWN : revision;
        } catch (IOException _) {
            return UNKNOWN;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return UNKNOWN;
        }
    }

    private static @Nullable Path checkout() {
        try {
            URI code =
                    Environment.class.getProtectionDomain().getCodeSource().getLocation().toURI();
            Path at = Path.of(code);
            while (at != null && !Files.exists(at.resolve(".git"))) {
                at = at.getParent();
            }
            return at;
        } catch (Exception _) {
            return null; // not run from files
        }
    }
}
