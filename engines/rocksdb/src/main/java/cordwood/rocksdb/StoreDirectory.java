package cordwood.rocksdb;

import cordwood.files.DirectoryLock;
import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import cordwood.rocksdb.FilesOnRecord.State;
import cordwood.store.PrivateThread;
import cordwood.store.StoreException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The directory of a store, claimed for this process: a lock, a file that says whose it is, one
 * that says which logs there were, and the database below.
 *
 * <p>A store is made in this order: its description, as {@code creating}; the mark in its log's
 * directory; the database; the record of its files; the description again, as {@code ready}. A
 * database that is missing later is a loss and not a beginning.
 */
final class StoreDirectory implements AutoCloseable {

    static final String DATABASE = "rocksdb";

    private static final String LOCK = "LOCK";
    private static final Set<String> BEFORE_A_STORE =
            Set.of(LOCK, StoreDescription.FILE + SealedText.NEW);

    private final Disk disk;
    private final Path directory;
    private final Path walDirectory;
    private final DirectoryLock lock;
    private final boolean readOnly;
    private StoreDescription description;
    private @Nullable FilesOnRecord opened;

    private StoreDirectory(
            Disk disk,
            Path directory,
            Path walDirectory,
            DirectoryLock lock,
            StoreDescription description,
            boolean readOnly) {
        this.disk = disk;
        this.directory = directory;
        this.walDirectory = walDirectory;
        this.lock = lock;
        this.description = description;
        this.readOnly = readOnly;
    }

    /**
     * Claims a directory that holds a store, the beginning of one, or nothing. Anything else is
     * refused before the first change, and so is a store of which something is missing.
     */
    static StoreDirectory claim(
            Disk disk, Path given, @Nullable Path givenWalDirectory, boolean readOnly) {
        Path directory =
                JniPaths.require(given.toAbsolutePath().normalize(), "the store's directory");
        Path walDirectory =
                givenWalDirectory == null
                        ? directory.resolve(DATABASE)
                        : JniPaths.require(givenWalDirectory, "the log's directory");
        StoreDescription before = inspect(disk, directory, walDirectory);
        if (readOnly && (before == null || !before.ready())) {
            throw new StoreException.Invalid(directory + " holds no store to open read-only");
        }
        if (!readOnly) {
            disk.createDirectories(directory);
        }
        DirectoryLock lock =
                readOnly
                        ? disk.lockForReading(directory, "rocksdb reader")
                        : disk.lock(directory, "rocksdb store");
        boolean claimed = false;
        try {
            StoreDescription found = inspect(disk, directory, walDirectory);
            StoreDescription description =
                    found != null && found.ready()
                            ? found
                            : StoreDescription.ofNew(wal(directory, walDirectory));
            StoreDirectory store =
                    new StoreDirectory(disk, directory, walDirectory, lock, description, readOnly);
            if (description.ready()) {
                store.requireWhole();
            } else {
                store.begin(found);
            }
            claimed = true;
            return store;
        } finally {
            if (!claimed) {
                lock.close();
            }
        }
    }

    /** What the directory says of a store; null where there is none. */
    private static @Nullable StoreDescription inspect(
            Disk disk, Path directory, Path walDirectory) {
        if (!disk.exists(directory.resolve(StoreDescription.FILE))) {
            refuseOthers(disk, directory);
            requireEmpty(disk, walDirectory);
            return null;
        }
        StoreDescription found = StoreDescription.read(disk, directory);
        String wal = wal(directory, walDirectory);
        if (found.ready() && !found.wal().equals(wal)) {
            throw new StoreException.Invalid(
                    "%s was created with wal-dir %s, not with wal-dir %s"
                            .formatted(directory, found.wal(), wal));
        }
        return found;
    }

    private static void refuseOthers(Disk disk, Path directory) {
        if (!disk.exists(directory)) {
            return;
        }
        if (disk.exists(directory.resolve(FilesOnRecord.FILE))) {
            Path missing = directory.resolve(StoreDescription.FILE);
            throw new StoreException.Corrupt(
                    "%s is missing, and %s is there".formatted(missing, FilesOnRecord.FILE),
                    missing,
                    -1,
                    null);
        }
        String others =
                disk.list(directory).stream()
                        .map(entry -> String.valueOf(entry.getFileName()))
                        .filter(name -> !BEFORE_A_STORE.contains(name))
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

    private static String wal(Path directory, Path walDirectory) {
        boolean inside = walDirectory.equals(directory.resolve(DATABASE));
        return inside ? StoreDescription.BESIDE : walDirectory.toString();
    }

    private void begin(@Nullable StoreDescription begunBefore) {
        if (begunBefore != null) {
            HalfBegunStore.remove(disk, directory, begunBefore);
        }
        requireEmpty(disk, walDirectory);
        description.write(disk, directory);
        disk.createDirectories(walDirectory);
        if (description.hasLogDirectory()) {
            LogDirectoryMark.write(disk, walDirectory, description.identity());
        }
        disk.createDirectories(database());
    }

    /** Looks for what is missing or damaged, and notes that the database is about to be opened. */
    private void requireWhole() {
        boolean isOld = description.format() < StoreDescription.FORMAT;
        if (description.hasLogDirectory() && !isOld) {
            LogDirectoryMark.require(disk, walDirectory, description.identity());
        }
        DatabaseFiles files = DatabaseFiles.read(disk, database(), walDirectory);
        if (!isOld) {
            FilesOnRecord.read(disk, directory, description.identity())
                    .require(files, walDirectory);
        }
        if (readOnly) {
            return;
        }
        if (isOld) {
            description = description.withIdentity(identityOfOld());
        }
        record(State.OPENING, files);
        if (isOld) {
            description.write(disk, directory);
        }
    }

    /** What an interrupted change of format has given to it, or a new one. */
    private String identityOfOld() {
        if (!description.hasLogDirectory()) {
            return StoreDescription.newIdentity();
        }
        String marked = LogDirectoryMark.identity(disk, walDirectory);
        String identity = marked == null ? StoreDescription.newIdentity() : marked;
        LogDirectoryMark.write(disk, walDirectory, identity);
        return identity;
    }

    /** Nothing is put on record that a power loss could still take. */
    private FilesOnRecord record(State state, DatabaseFiles files) {
        for (FramedFile.Content log : files.logs()) {
            try (DiskFile file = disk.open(log.file())) {
                file.sync();
            }
        }
        disk.syncDirectory(walDirectory);
        FilesOnRecord record = FilesOnRecord.of(description.identity(), state, files);
        record.write(disk, directory);
        return record;
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

    /** Whether there is so much room that nobody has to be careful with it. */
    boolean isRoomy() {
        return Reserve.isRoomy(
                Math.min(disk.usableBytes(directory), disk.usableBytes(walDirectory)));
    }

    /** Whether the database was completely created before. */
    boolean isReady() {
        return description.ready();
    }

    /** Notes that the database is open, and, if it is new, that it is there from now on. */
    void databaseIsThere() {
        if (readOnly) {
            return;
        }
        opened = record(State.OPEN, DatabaseFiles.read(disk, database(), walDirectory));
        if (!description.ready()) {
            description = description.whenReady();
            description.write(disk, directory);
        }
    }

    /** Fills a directory with a copy of the store; leaves nothing there when that fails. */
    void copyTo(Path given, DatabaseCopy copy) {
        Path target = JniPaths.require(given.toAbsolutePath().normalize(), "the checkpoint");
        if (target.startsWith(directory)) {
            throw new StoreException.Invalid(target + " lies in the store's own directory");
        }
        new StoreCopy(disk, target).make(copy);
    }

    /** Copies the database into a directory that is not there yet. */
    @FunctionalInterface
    interface DatabaseCopy {
        void to(Path target);
    }

    /** Gives the directory up, once the database is closed. */
    @Override
    public void close() {
        PrivateThread.run(
                "rocksdb-unlock",
                () -> {
                    try (lock) {
                        noteClosed();
                    }
                });
    }

    /** What cannot be vouched for, or cannot be written, stays on record as it was at opening. */
    private void noteClosed() {
        FilesOnRecord before = opened;
        if (before == null) {
            return;
        }
        opened = null;
        try {
            if (description.hasLogDirectory()) {
                LogDirectoryMark.require(disk, walDirectory, description.identity());
            }
            DatabaseFiles files = DatabaseFiles.read(disk, database(), walDirectory);
            before.require(files, walDirectory);
            record(State.CLOSED, files);
        } catch (StoreException | FileFailure _) {
            // the next opening looks at it again, and says so
        }
    }
}
