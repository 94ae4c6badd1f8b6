package cordwood.testkit.disk;

import cordwood.files.DirectoryLock;
import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import cordwood.files.FileFailure.Kind;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that knows what a power loss would leave of it.
 *
 * <p>Writes are visible at once, and stored in blocks of 4 KiB and sectors of 512 bytes once their
 * file is synced; names are stored once their directory is synced. {@link #crash} gives the disk as
 * it would be found after a power loss now, as often as wanted and without harm to this one.
 * Directories that are created are stored at once, as the seam promises.
 *
 * <p>Thread-safe. The same calls in the same order with the same seeds give the same disk.
 */
public final class CrashingDisk implements Disk {

    private final DirectoryImage root;
    private final SplittableRandom random;
    // guarded by this
    private final Map<Path, String> locks = new LinkedHashMap<>();
    private final List<Path> openFiles = new ArrayList<>();
    private long clock;
    private long changingCalls;
    private long powerLossCall = Long.MAX_VALUE;
    private boolean powerLost;
    private int writeBackPercent;
    private long syncs;
    private @Nullable SyncFault syncFault;
    private boolean syncFailed;
    private int processes;

    /**
     * An empty disk.
     *
     * @param seed of what it decides by itself: early write-back and what a failed sync drops
     */
    public CrashingDisk(long seed) {
        this(new DirectoryImage(), seed);
    }

    private CrashingDisk(DirectoryImage root, long seed) {
        this.root = root;
        this.random = new SplittableRandom(seed);
    }

    // ---- what a test does to the disk

    /**
     * The disk as found after a power loss now, everything on it stored.
     *
     * @param survivalPercent how likely each unsynced change is found
     */
    public CrashingDisk crash(long seed, int survivalPercent) {
        return crash(Survival.random(seed, survivalPercent), seed);
    }

    /** The disk as found after a power loss now, with chosen fates of the unsynced changes. */
    public CrashingDisk crash(Survival survival) {
        return crash(survival, 0);
    }

    private synchronized CrashingDisk crash(Survival survival, long seed) {
        IdentityHashMap<Node, Node> found = new IdentityHashMap<>();
        return new CrashingDisk((DirectoryImage) afterPowerLoss(root, survival, found), seed);
    }

    private static Node afterPowerLoss(
            Node node, Survival survival, IdentityHashMap<Node, Node> found) {
        Node known = found.get(node);
        if (known == null) {
            known =
                    switch (node) {
                        case FileImage file -> file.afterPowerLoss(survival);
                        case DirectoryImage directory ->
                                directory.afterPowerLoss(
                                        survival, child -> afterPowerLoss(child, survival, found));
                    };
            found.put(node, known);
        }
        return known;
    }

    /** What a power loss now could undo, in the order it was done. */
    public synchronized List<PendingChange> pending() {
        List<PendingChange> changes = new ArrayList<>();
        root.addPending(changes); // those of a file once for each of its names
        return changes.stream()
                .distinct()
                .sorted(Comparator.comparingLong(PendingChange::order))
                .toList();
    }

    /**
     * Loses power during a later changing call: its effect is unsynced at best, and every call from
     * then on fails.
     *
     * @param call which, from 1, counted from now
     */
    public synchronized void losePowerAt(long call) {
        powerLossCall = changingCalls + call;
    }

    /** Loses power now: every call from here on fails. */
    public synchronized void losePower() {
        powerLost = true;
    }

    /** Closes every open file and frees every directory, as the death of a process does. */
    synchronized void releaseAll() {
        openFiles.clear();
        locks.clear();
        processes++;
    }

    /** Whether power was lost. */
    public synchronized boolean isPowerLost() {
        return powerLost;
    }

    /** Calls so far that could change what a power loss leaves. */
    public synchronized long changingCalls() {
        return changingCalls;
    }

    /** Lets the operating system store some unsynced block after a write, that often. */
    public synchronized void writeBack(int percent) {
        writeBackPercent = percent;
    }

    /** Lets a later sync fail. */
    public synchronized void failSync(SyncFault fault) {
        syncFault = fault;
    }

    /** Whether a sync has reported failure. */
    public synchronized boolean hasSyncFailed() {
        return syncFailed;
    }

    /** Syncs of files and directories so far. */
    public synchronized long syncs() {
        return syncs;
    }

    /** Files that were opened and not closed yet. */
    public synchronized List<Path> openFiles() {
        return List.copyOf(openFiles);
    }

    /** Directories that are claimed. */
    public synchronized List<Path> lockedDirectories() {
        return List.copyOf(locks.keySet());
    }

    /** A number that two disks share when the same is stored on both. */
    public synchronized long fingerprint() {
        return root.fingerprint();
    }

    // ---- the seam

    @Override
    public synchronized DiskFile create(Path path) {
        changing("create", path);
        DirectoryImage directory = parent("create", path);
        if (directory.entries().containsKey(name(path))) {
            throw failure(Kind.EXISTS, "create", path, "it exists already");
        }
        FileImage file = new FileImage(name(path));
        directory.add(name(path), file, clock++);
        failIfPowerLost("create", path);
        return opened(path, file, true);
    }

    @Override
    public synchronized DiskFile open(Path path) {
        return open(path, true);
    }

    @Override
    public synchronized DiskFile openReadOnly(Path path) {
        return open(path, false);
    }

    private DiskFile open(Path path, boolean writable) {
        failIfPowerLost("open", path);
        return switch (entry("open", path)) {
            case FileImage file -> opened(path, file, writable);
            case DirectoryImage _ -> throw failure(Kind.DENIED, "open", path, "a directory");
        };
    }

    private DiskFile opened(Path path, FileImage file, boolean writable) {
        openFiles.add(path);
        return new File(path, file, writable);
    }

    @Override
    public synchronized boolean exists(Path path) {
        return find(path) != null;
    }

    @Override
    public synchronized List<Path> list(Path directory) {
        failIfPowerLost("list", directory);
        return directory("list", directory).entries().keySet().stream()
                .map(directory::resolve)
                .toList();
    }

    @Override
    public synchronized void createDirectories(Path directory) {
        changing("create directory", directory);
        failIfPowerLost("create directory", directory);
        DirectoryImage at = root;
        for (Path part : absolute(directory)) {
            Node next = at.entries().get(part.toString());
            switch (next) {
                case null -> {
                    DirectoryImage created = new DirectoryImage();
                    at.addStored(part.toString(), created);
                    at = created;
                }
                case DirectoryImage there -> at = there;
                case FileImage _ ->
                        throw failure(
                                Kind.DENIED, "create directory", directory, "not a directory");
            }
        }
    }

    @Override
    public synchronized void rename(Path from, Path to) {
        changing("rename", from);
        DirectoryImage directory = parent("rename", from);
        if (directory != parent("rename", to)) {
            throw failure(Kind.DENIED, "rename", from, "into another directory");
        }
        Node node = entry("rename", from);
        if (node instanceof FileImage file) {
            file.renamed(name(to));
        }
        directory.rename(name(from), name(to), node, clock++);
        failIfPowerLost("rename", from);
    }

    @Override
    public synchronized boolean tryLink(Path file, Path link) {
        changing("link", link);
        Node node = entry("link", file);
        DirectoryImage directory = parent("link", link);
        if (directory.entries().containsKey(name(link))) {
            throw failure(Kind.EXISTS, "link", link, "it exists already");
        }
        if (node instanceof DirectoryImage) {
            return false;
        }
        directory.add(name(link), node, clock++);
        failIfPowerLost("link", link);
        return true;
    }

    @Override
    public synchronized void delete(Path path) {
        changing("delete", path);
        Node node = entry("delete", path);
        if (node instanceof DirectoryImage directory && !directory.entries().isEmpty()) {
            throw failure(Kind.IO, "delete", path, "directory not empty");
        }
        parent("delete", path).remove(name(path), node, clock++);
        failIfPowerLost("delete", path);
    }

    @Override
    public synchronized void syncDirectory(Path directory) {
        changing("sync directory", directory);
        failIfPowerLost("sync directory", directory);
        DirectoryImage image = directory("sync directory", directory);
        if (syncFaultIsDue() != null) {
            image.failSync();
            syncFailed = true;
            throw failure(Kind.IO, "sync directory", directory, "input/output error");
        }
        image.sync();
    }

    @Override
    public synchronized long usableBytes(Path path) {
        failIfPowerLost("measure free space of", path);
        return 1L << 40;
    }

    @Override
    public synchronized DirectoryLock lock(Path directory, String owner) {
        DirectoryLock lock = lockForReading(directory, owner);
        DirectoryImage image = directory("lock", directory);
        if (!image.entries().containsKey("LOCK")) {
            image.add("LOCK", new FileImage("LOCK"), clock++);
        }
        return lock;
    }

    @Override
    public synchronized DirectoryLock lockForReading(Path directory, String owner) {
        failIfPowerLost("lock", directory);
        directory("lock", directory); // must be there
        Path claimed = absolute(directory);
        String holder = locks.putIfAbsent(claimed, owner);
        if (holder != null) {
            throw failure(Kind.LOCKED, "lock", directory, "it is held by " + holder);
        }
        return new Lock(directory, claimed);
    }

    private void changing(String operation, Path path) {
        failIfPowerLost(operation, path);
        changingCalls++;
        powerLost = changingCalls >= powerLossCall;
    }

    private void failIfPowerLost(String operation, Path path) {
        if (powerLost) {
            throw failure(Kind.IO, operation, path, "the power is lost");
        }
    }

    private @Nullable SyncFault syncFaultIsDue() {
        syncs++;
        SyncFault fault = syncFault;
        return fault != null && fault.sync() == syncs ? fault : null;
    }

    private DirectoryImage parent(String operation, Path path) {
        Path parent = absolute(path).getParent();
        return parent == null ? root : directory(operation, parent);
    }

    private DirectoryImage directory(String operation, Path path) {
        return switch (entry(operation, path)) {
            case DirectoryImage directory -> directory;
            case FileImage _ -> throw failure(Kind.DENIED, operation, path, "not a directory");
        };
    }

    private Node entry(String operation, Path path) {
        Node node = find(path);
        if (node == null) {
            throw failure(Kind.MISSING, operation, path, "no such file or directory");
        }
        return node;
    }

    private @Nullable Node find(Path path) {
        Node at = root;
        for (Path part : absolute(path)) {
            if (!(at instanceof DirectoryImage directory)) {
                return null;
            }
            at = directory.entries().get(part.toString());
            if (at == null) {
                return null;
            }
        }
        return at;
    }

    private static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }

    private static String name(Path path) {
        return absolute(path).getFileName().toString();
    }

    private static FileFailure failure(Kind kind, String operation, Path path, String detail) {
        return new FileFailure(kind, operation, path, -1, detail, null);
    }

    private final class Lock implements DirectoryLock {
        private final Path directory;
        private final Path claimed;
        private final int process = processes;
        private boolean held = true;

        Lock(Path directory, Path claimed) {
            this.directory = directory;
            this.claimed = claimed;
        }

        @Override
        public Path directory() {
            return directory;
        }

        @Override
        public void close() {
            synchronized (CrashingDisk.this) {
                if (held && process == processes) {
                    locks.remove(claimed);
                }
                held = false;
            }
        }
    }

    private final class File implements DiskFile {
        private final Path path;
        private final FileImage image;
        private final boolean writable;
        private final int process = processes;
        private boolean open = true;

        File(Path path, FileImage image, boolean writable) {
            this.path = path;
            this.image = image;
            this.writable = writable;
        }

        @Override
        public Path path() {
            return path;
        }

        @Override
        public void write(long offsetBytes, ByteBuffer source) {
            synchronized (CrashingDisk.this) {
                change("write");
                image.write(offsetBytes, source, () -> clock++);
                if (random.nextInt(100) < writeBackPercent) {
                    image.writeBackOne(random);
                }
                failIfPowerLost("write", path);
            }
        }

        @Override
        public int read(long offsetBytes, ByteBuffer target) {
            synchronized (CrashingDisk.this) {
                requireOpen("read");
                return image.read(offsetBytes, target);
            }
        }

        @Override
        public void sync() {
            synchronized (CrashingDisk.this) {
                change("sync");
                failIfPowerLost("sync", path);
                SyncFault fault = syncFaultIsDue();
                boolean stored = fault == null ? image.sync(random) : image.failSync(fault, random);
                if (!stored) {
                    syncFailed = true;
                    throw failure(Kind.IO, "sync", path, "input/output error");
                }
            }
        }

        @Override
        public long sizeBytes() {
            synchronized (CrashingDisk.this) {
                requireOpen("measure");
                return image.sizeBytes();
            }
        }

        @Override
        public void preallocate(long sizeBytes) {
            synchronized (CrashingDisk.this) {
                change("preallocate");
                image.extend(sizeBytes, () -> clock++);
                failIfPowerLost("preallocate", path);
            }
        }

        @Override
        public void truncate(long sizeBytes) {
            synchronized (CrashingDisk.this) {
                change("truncate");
                image.truncate(sizeBytes, () -> clock++);
                failIfPowerLost("truncate", path);
            }
        }

        @Override
        public void close() {
            synchronized (CrashingDisk.this) {
                if (open && process == processes) {
                    openFiles.remove(path);
                }
                open = false;
            }
        }

        private void requireOpen(String operation) {
            if (!open || process != processes) {
                throw failure(Kind.CLOSED, operation, path, "the file is closed");
            }
            failIfPowerLost(operation, path);
        }

        private void change(String operation) {
            requireOpen(operation);
            if (!writable) {
                throw failure(Kind.DENIED, operation, path, "opened for reading only");
            }
            changing(operation, path);
        }
    }
}
