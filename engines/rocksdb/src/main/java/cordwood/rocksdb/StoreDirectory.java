package cordwood.rocksdb;

import cordwood.files.DirectoryLock;
import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.store.StoreException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The directory of a store, claimed for this process: a lock, a file that says whose it is, and the
 * database below.
 *
 * <p>The file {@code STORE} tells a store from anything else without opening the database, which
 * would change it. It is written before the database, as {@code creating}, and again once that is
 * there, as {@code ready}: a database that is missing later is a loss and not a beginning. It names
 * the directory of the log, without which the newest records would be missing silently.
 */
final class StoreDirectory implements AutoCloseable {

    private static final String STORE = "STORE";
    private static final String STORE_NEW = "STORE.new";
    private static final String LOCK = "LOCK";
    private static final String DATABASE = "rocksdb";
    private static final String TITLE = "cordwood rocksdb store, format 1";
    private static final String CREATING = "creating";
    private static final String READY = "ready";
    private static final int STORE_BYTES_MAX = 64 << 10;

    private final Disk disk;
    private final Path directory;
    private final Path walDirectory;
    private final DirectoryLock lock;
    private boolean ready;

    private StoreDirectory(
            Disk disk, Path directory, Path walDirectory, DirectoryLock lock, boolean ready) {
        this.disk = disk;
        this.directory = directory;
        this.walDirectory = walDirectory;
        this.lock = lock;
        this.ready = ready;
    }

    /**
     * Claims a directory that holds a store or nothing. Anything else is refused before the first
     * change.
     */
    static StoreDirectory claim(
            Disk disk, Path given, @Nullable Path givenWalDirectory, boolean readOnly) {
        Path directory = given.toAbsolutePath().normalize();
        Path walDirectory =
                givenWalDirectory == null ? directory.resolve(DATABASE) : givenWalDirectory;
        boolean isNew = inspect(disk, directory, walDirectory) == null;
        if (isNew && readOnly) {
            throw new StoreException.Invalid(directory + " holds no store to open read-only");
        }
        disk.createDirectories(directory);
        DirectoryLock lock = disk.lock(directory, "rocksdb store");
        boolean claimed = false;
        try {
            String state = inspect(disk, directory, walDirectory);
            StoreDirectory store =
                    new StoreDirectory(disk, directory, walDirectory, lock, READY.equals(state));
            if (state == null) {
                disk.createDirectories(walDirectory);
                store.describe(CREATING);
            }
            disk.createDirectories(store.database());
            claimed = true;
            return store;
        } finally {
            if (!claimed) {
                lock.close();
            }
        }
    }

    /** What the directory holds: a store in one of two states, or nothing (null). */
    private static @Nullable String inspect(Disk disk, Path directory, Path walDirectory) {
        if (!disk.exists(directory)) {
            requireEmpty(disk, walDirectory);
            return null;
        }
        if (!disk.exists(directory.resolve(STORE))) {
            refuseForeign(disk, directory);
            requireEmpty(disk, walDirectory);
            return null;
        }
        List<String> lines = read(disk, directory.resolve(STORE)).lines().toList();
        if (lines.size() < 3 || !lines.getFirst().equals(TITLE)) {
            String title = lines.isEmpty() ? "nothing" : "'" + lines.getFirst() + "'";
            throw new StoreException.Invalid(
                    "%s says %s where '%s' was expected"
                            .formatted(directory.resolve(STORE), title, TITLE));
        }
        if (!lines.get(2).equals(walLine(directory, walDirectory))) {
            throw new StoreException.Invalid(
                    "%s was created with %s, not with %s"
                            .formatted(directory, lines.get(2), walLine(directory, walDirectory)));
        }
        return lines.get(1);
    }

    private static void refuseForeign(Disk disk, Path directory) {
        Set<String> ours = Set.of(LOCK, STORE_NEW);
        String others =
                disk.list(directory).stream()
                        .map(entry -> String.valueOf(entry.getFileName()))
                        .filter(name -> !ours.contains(name))
                        .limit(3)
                        .collect(Collectors.joining(", "));
        if (!others.isEmpty()) {
            throw new StoreException.Invalid(
                    "%s holds something that is no rocksdb store (%s): choose an empty directory"
                            .formatted(directory, others));
        }
    }

    private static void requireEmpty(Disk disk, Path walDirectory) {
        if (disk.exists(walDirectory) && !disk.list(walDirectory).isEmpty()) {
            throw new StoreException.Invalid(
                    "the log directory of a new store must be empty, and %s is not"
                            .formatted(walDirectory));
        }
    }

    private static String read(Disk disk, Path path) {
        try (DiskFile file = disk.openReadOnly(path)) {
            ByteBuffer bytes =
                    ByteBuffer.allocate((int) Math.min(file.sizeBytes(), STORE_BYTES_MAX));
            file.read(0, bytes);
            return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
        }
    }

    private static String walLine(Path directory, Path walDirectory) {
        boolean inside = walDirectory.equals(directory.resolve(DATABASE));
        return "wal-dir " + (inside ? "beside the tables" : walDirectory);
    }

    Path path() {
        return directory;
    }

    Disk disk() {
        return disk;
    }

    /** Where the database is. */
    Path database() {
        return directory.resolve(DATABASE);
    }

    Path walDirectory() {
        return walDirectory;
    }

    /** Whether the database was completely created before. */
    boolean isReady() {
        return ready;
    }

    /** Notes that the database is there from now on. */
    void databaseIsThere() {
        if (!ready) {
            describe(READY);
            ready = true;
        }
    }

    private void describe(String state) {
        write(disk, directory, state, walLine(directory, walDirectory));
    }

    private static void write(Disk disk, Path directory, String state, String walLine) {
        Path temporary = directory.resolve(STORE_NEW);
        if (disk.exists(temporary)) {
            disk.delete(temporary);
        }
        String text = TITLE + "\n" + state + "\n" + walLine + "\n";
        try (DiskFile file = disk.create(temporary)) {
            file.write(0, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
            file.sync();
        }
        disk.rename(temporary, directory.resolve(STORE));
        disk.syncDirectory(directory);
    }

    /** Fills a directory with a copy of the store; leaves nothing there when that fails. */
    void copyTo(Path given, DatabaseCopy copy) {
        Path target = given.toAbsolutePath().normalize();
        if (disk.exists(target)) {
            throw new StoreException.Invalid(target + " exists already");
        }
        disk.createDirectories(target);
        boolean copied = false;
        try {
            copy.to(target.resolve(DATABASE));
            write(disk, target, READY, walLine(target, target.resolve(DATABASE)));
            copied = true;
        } finally {
            if (!copied) {
                deleteAll(target);
            }
        }
    }

    /** Copies the database into a directory that is not there yet. */
    @FunctionalInterface
    interface DatabaseCopy {
        void to(Path target);
    }

    private void deleteAll(Path path) {
        if (Files.isDirectory(path)) {
            disk.list(path).forEach(this::deleteAll);
        }
        disk.delete(path);
    }

    @Override
    public void close() {
        lock.close();
    }
}
