package cordwood.memory.nativemodes;

import cordwood.memory.pool.AllocatorUnavailable;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The one mimalloc of this process: loaded once, from where the first who wanted it said, and kept
 * until the process ends.
 */
@SuppressWarnings("restricted") // what this room is for
final class MimallocLibrary {

    static final String BUNDLED = "bundled";
    static final String SYSTEM = "system";

    private static final List<String> SYSTEM_NAMES =
            List.of("libmimalloc.so.3", "libmimalloc.so.2", "libmimalloc.so", "libmimalloc.dylib");

    private record Loaded(String from, SymbolLookup symbols) {}

    private static @Nullable Loaded loaded;

    private MimallocLibrary() {}

    /**
     * Loads the library, unless that was done.
     *
     * @param from {@link #BUNDLED}, {@link #SYSTEM}, or a path
     * @throws AllocatorUnavailable when it is not there, or another one was loaded before
     */
    static synchronized void load(String from) {
        Loaded before = loaded;
        if (before == null) {
            loaded = new Loaded(from, find(from));
        } else if (!before.from.equals(from)) {
            throw new AllocatorUnavailable(
                    "this process has loaded mimalloc from '%s' already, and cannot from '%s' too"
                            .formatted(before.from, from));
        }
    }

    /** The library's functions. It must have been loaded. */
    static synchronized SymbolLookup loaded() {
        if (loaded == null) {
            throw new IllegalStateException("mimalloc is not loaded");
        }
        return loaded.symbols;
    }

    /** Version and origin of what is loaded. */
    static synchronized String description() {
        int version = version(loaded());
        return "mimalloc %d.%d.%d, %s"
                .formatted(
                        version / 10_000,
                        version / 100 % 100,
                        version % 100,
                        loaded == null ? "" : loaded.from);
    }

    private static int version(SymbolLookup symbols) {
        MethodHandle version = Downcalls.ordinary(symbols, "mi_version", 0);
        try {
            return (int) (long) version.invokeExact();
        } catch (Throwable thrown) {
            throw Downcalls.impossible(thrown);
        }
    }

    /** Loads from there, whatever was loaded before. */
    static SymbolLookup find(String from) {
        SymbolLookup symbols =
                switch (from) {
                    case BUNDLED -> bundled();
                    case SYSTEM -> ofSystem();
                    default -> atPath(Path.of(from).toAbsolutePath());
                };
        if (symbols.find("mi_malloc_aligned").isEmpty()) {
            throw new AllocatorUnavailable("the library '%s' is not mimalloc".formatted(from));
        }
        return symbols;
    }

    private static SymbolLookup atPath(Path file) {
        if (!Files.isReadable(file)) {
            throw new AllocatorUnavailable(file + ": no library there");
        }
        try {
            return SymbolLookup.libraryLookup(file, Arena.global());
        } catch (IllegalArgumentException e) {
            throw new AllocatorUnavailable(file + " cannot be loaded as a library", e);
        }
    }

    private static SymbolLookup ofSystem() {
        for (String name : SYSTEM_NAMES) {
            try {
                return SymbolLookup.libraryLookup(name, Arena.global());
            } catch (IllegalArgumentException notThere) {
                // Perhaps the next name.
            }
        }
        throw new AllocatorUnavailable("the system has none of " + String.join(", ", SYSTEM_NAMES));
    }

    private static SymbolLookup bundled() {
        try {
            return open(unpack(Path.of(System.getProperty("java.io.tmpdir"))));
        } catch (IOException e) {
            throw new AllocatorUnavailable(
                    "mimalloc cannot be unpacked to java.io.tmpdir: " + e.getMessage(), e);
        }
    }

    /** Copies the library into a new directory that only this user can enter. */
    static Path unpack(Path directory) throws IOException {
        String resource = "libraries/%s/org/lwjgl/mimalloc/libmimalloc.so".formatted(platform());
        try (InputStream library = MimallocLibrary.class.getResourceAsStream(resource)) {
            if (library == null) {
                throw new AllocatorUnavailable(
                        "no mimalloc is bundled for %s: give mimalloc-library a path, or 'system'"
                                .formatted(platform()));
            }
            Path file =
                    Files.createTempDirectory(directory, "cordwood-mimalloc-")
                            .resolve("libmimalloc.so");
            Files.copy(library, file);
            return file;
        }
    }

    /** Loads what was unpacked and removes it: the system keeps what is loaded. */
    static SymbolLookup open(Path unpacked) throws IOException {
        try {
            return atPath(unpacked);
        } finally {
            Files.delete(unpacked);
            Files.delete(Objects.requireNonNull(unpacked.getParent()));
        }
    }

    /** As in {@code linux/x64}. */
    private static String platform() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).split(" ", 2)[0];
        String machine =
                switch (System.getProperty("os.arch")) {
                    case "amd64", "x86_64" -> "x64";
                    case "aarch64" -> "arm64";
                    case String other -> other;
                };
        return system + "/" + machine;
    }
}
