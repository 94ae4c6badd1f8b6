package cordwood.lsm.format;

import cordwood.files.DirectoryLock;
import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A disk that counts what one store writes to it, and what the files in its directory take.
 * Thread-safe.
 */
public final class CountedDisk implements Disk {

    /*
     * What a file takes is its length, known from when it is made or first opened. Counting takes heap
     * only where a file is made, opened or renamed, and before that is done.
     */
    private final Disk disk;
    private final Path directory;
    private final Map<Path, AtomicLong> lengths = new ConcurrentHashMap<>();
    private final AtomicLong heldBytes = new AtomicLong();
    private final AtomicLong openFiles = new AtomicLong();
    private final AtomicLong writtenBytes = new AtomicLong();
    private final AtomicLong preparedBytes = new AtomicLong();

    /** Nothing counted yet; {@code directory} holds the store's files. */
    public CountedDisk(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    /** Bytes written so far, but for those that only took room. */
    public long writtenBytes() {
        return writtenBytes.get();
    }

    /** Zeros written so far to take room. */
    public long preparedBytes() {
        return preparedBytes.get();
    }

    /** Bytes that the files take that were made or opened in the directory. */
    public long heldBytes() {
        return heldBytes.get();
    }

    /** Files open now. */
    public long openFiles() {
        return openFiles.get();
    }

    private boolean isOurs(Path path) {
        return directory.equals(path.getParent());
    }

    /** How long a file is known to be; null where it is not in the directory. */
    private @Nullable AtomicLong length(Path path) {
        return isOurs(path) ? lengths.computeIfAbsent(path, _ -> new AtomicLong()) : null;
    }

    private void grow(@Nullable AtomicLong length, long toBytes) {
        if (length == null) {
            return;
        }
        long before = length.get();
        while (before < toBytes && !length.compareAndSet(before, toBytes)) {
            before = length.get();
        }
        heldBytes.addAndGet(Math.max(0, toBytes - before));
    }

    private void forget(@Nullable AtomicLong length) {
        if (length != null) {
            heldBytes.addAndGet(-length.getAndSet(0));
        }
    }

    private CountedFile counted(Path path, Supplier<DiskFile> opening) {
        AtomicLong length = length(path);
        boolean opened = false;
        try {
            CountedFile file = new CountedFile(length, opening);
            opened = true;
            return file;
        } finally {
            if (!opened && length != null && length.get() == 0) {
                lengths.remove(path, length);
            }
        }
    }

    /** The first time, an existing file is measured. */
    private DiskFile measured(Path path, Supplier<DiskFile> opening) {
        CountedFile file = counted(path, opening);
        boolean measured = false;
        try {
            file.measure();
            measured = true;
            return file;
        } finally {
            if (!measured) {
                file.close();
            }
        }
    }

    @Override
    public DiskFile create(Path path) {
        return counted(path, () -> disk.create(path));
    }

    @Override
    public DiskFile createUncached(Path path) {
        return counted(path, () -> disk.createUncached(path));
    }

    @Override
    public DiskFile open(Path path) {
        return measured(path, () -> disk.open(path));
    }

    @Override
    public DiskFile openReadOnly(Path path) {
        return measured(path, () -> disk.openReadOnly(path));
    }

    @Override
    public boolean exists(Path path) {
        return disk.exists(path);
    }

    @Override
    public boolean isDirectory(Path path) {
        return disk.isDirectory(path);
    }

    @Override
    public Path realPath(Path path) {
        return disk.realPath(path);
    }

    @Override
    public List<Path> list(Path listed) {
        return disk.list(listed);
    }

    @Override
    public void createDirectories(Path made) {
        disk.createDirectories(made);
    }

    @Override
    public void rename(Path from, Path to) {
        AtomicLong moved = length(from);
        AtomicLong replaced = moved == null ? null : lengths.put(to, moved);
        boolean renamed = false;
        try {
            disk.rename(from, to);
            renamed = true;
        } finally {
            if (renamed) {
                lengths.remove(from);
                forget(replaced);
            } else if (replaced == null) {
                lengths.remove(to);
            } else {
                lengths.put(to, replaced);
            }
        }
    }

    @Override
    public boolean tryLink(Path file, Path link) {
        return disk.tryLink(file, link);
    }

    @Override
    public void delete(Path path) {
        disk.delete(path);
        forget(lengths.remove(path));
    }

    @Override
    public void syncDirectory(Path synced) {
        disk.syncDirectory(synced);
    }

    @Override
    public long usableBytes(Path path) {
        return disk.usableBytes(path);
    }

    @Override
    public DirectoryLock lock(Path locked, String owner) {
        return disk.lock(locked, owner);
    }

    @Override
    public DirectoryLock lockForReading(Path locked, String owner) {
        return disk.lockForReading(locked, owner);
    }

    private final class CountedFile implements DiskFile {
        private final @Nullable AtomicLong length;
        private final AtomicBoolean isOpen = new AtomicBoolean(true);
        private final DiskFile file;

        /** Takes its heap before the file is open. */
        CountedFile(@Nullable AtomicLong length, Supplier<DiskFile> opening) {
            this.length = length;
            this.file = opening.get();
            openFiles.incrementAndGet();
        }

        void measure() {
            if (length != null && length.get() == 0) {
                grow(length, file.sizeBytes());
            }
        }

        @Override
        public Path path() {
            return file.path();
        }

        /** What came before a failure counts, too. */
        @Override
        public void write(long offsetBytes, ByteBuffer source) {
            int before = source.remaining();
            try {
                file.write(offsetBytes, source);
            } finally {
                int written = before - source.remaining();
                writtenBytes.addAndGet(written);
                grow(length, offsetBytes + written);
            }
        }

        /** An interrupt may close a file that is read, which nobody closes then. */
        @Override
        public int read(long offsetBytes, ByteBuffer target) {
            try {
                return file.read(offsetBytes, target);
            } catch (FileFailure e) {
                if (e.kind() == FileFailure.Kind.CLOSED) {
                    closed();
                }
                throw e;
            }
        }

        @Override
        public void sync() {
            file.sync();
        }

        @Override
        public long sizeBytes() {
            return file.sizeBytes();
        }

        /** Nothing but files just created is ever extended. */
        @Override
        public void preallocate(long sizeBytes) {
            file.preallocate(sizeBytes);
            preparedBytes.addAndGet(sizeBytes);
            grow(length, sizeBytes);
        }

        @Override
        public void truncate(long sizeBytes) {
            file.truncate(sizeBytes);
            forget(length);
            grow(length, sizeBytes);
        }

        @Override
        public void close() {
            closed();
            file.close();
        }

        private void closed() {
            if (isOpen.getAndSet(false)) {
                openFiles.decrementAndGet();
            }
        }
    }
}
