package cordwood.rocksdb;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/**
 * Loads RocksDB's native code from a copy in the user's cache directory, one per version. RocksDB
 * itself unpacks it into the temporary directory for each process, and a process that is killed
 * leaves it there.
 */
final class NativeLibrary {

    /** RocksDB names the file otherwise where it loads it from a directory. */
    private static final String NAME_TO_LOAD = "rocksdbjni";

    private static final int BUFFER_BYTES = 1 << 16;

    private static boolean loaded; // guarded by this class

    private NativeLibrary() {}

    /** Loads it, if that was not done before. Thread-safe. */
    static synchronized void load() {
        if (!loaded) {
            loadFromCache();
            loaded = true;
        }
    }

    private static void loadFromCache() {
        Path cache = cacheDirectory();
        Path copy = cache == null ? null : copyIn(cache);
        if (copy != null) {
            try {
                RocksDB.loadLibrary(List.of(String.valueOf(copy.getParent())));
                return;
            } catch (UnsatisfiedLinkError _) {
                // nothing may be run from there: RocksDB knows another way
            }
        }
        RocksDB.loadLibrary();
    }

    private static @Nullable Path cacheDirectory() {
        try {
            String given = System.getenv("XDG_CACHE_HOME");
            if (given != null && Path.of(given).isAbsolute()) {
                return Path.of(given);
            }
            String home = System.getProperty("user.home", "");
            return Path.of(home).isAbsolute() ? Path.of(home, ".cache") : null;
        } catch (InvalidPathException e) {
            return null;
        }
    }

    /**
     * The sound copy below a cache directory, made if need be; null where there can be none.
     * Processes that make it at once make the same.
     */
    static @Nullable Path copyIn(Path cache) {
        String name = Environment.getJniLibraryFileName("rocksdb");
        URL packed = RocksDB.class.getResource("/" + name);
        try {
            if (packed == null || !(packed.openConnection() instanceof JarURLConnection jar)) {
                return null;
            }
            JarEntry entry = jar.getJarEntry();
            Path directory =
                    cache.resolve(
                            "cordwood/rocksdbjni-%08x-%d"
                                    .formatted(entry.getCrc(), entry.getSize()));
            Path copy = directory.resolve(Environment.getJniLibraryFileName(NAME_TO_LOAD));
            if (!isSound(copy, entry)) {
                createPrivately(directory);
                unpack(jar, directory, copy);
            }
            return isSound(copy, entry) ? copy : null;
        } catch (IOException | UnsupportedOperationException e) {
            return null;
        }
    }

    /** So that nobody else puts code there. */
    private static void createPrivately(Path directory) throws IOException {
        Files.createDirectories(
                directory,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    private static void unpack(JarURLConnection jar, Path directory, Path copy) throws IOException {
        Path temporary = Files.createTempFile(directory, "unpacking-", ".new");
        try (InputStream packed = jar.getInputStream()) {
            Files.copy(packed, temporary, StandardCopyOption.REPLACE_EXISTING);
            Files.move(temporary, copy, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException e) {
            // another process was faster
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Whether it is what the jar says of its own. */
    private static boolean isSound(Path copy, JarEntry entry) throws IOException {
        if (!Files.isRegularFile(copy) || Files.size(copy) != entry.getSize()) {
            return false;
        }
        CRC32 checksum = new CRC32();
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream file = Files.newInputStream(copy)) {
            for (int bytes = file.read(buffer); bytes >= 0; bytes = file.read(buffer)) {
                checksum.update(buffer, 0, bytes);
            }
        }
        return checksum.getValue() == entry.getCrc();
    }
}
