package cordwood.lsm.format;

import cordwood.files.DirectoryLock;
import cordwood.files.Disk;
import cordwood.files.DiskFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** A disk that counts what one store writes to it. Thread-safe. */
public final class CountedDisk implements Disk {

    private final Disk disk;
    private final AtomicLong writtenBytes = new AtomicLong(); // counting takes no heap
    private final AtomicLong preparedBytes = new AtomicLong();

    /** Nothing counted yet. */
    public CountedDisk(Disk disk) {
        this.disk = disk;
    }

    /** Bytes written so far, but for those that only took room. */
    public long writtenBytes() {
        return writtenBytes.get();
    }

    /** Zeros written so far to take room. */
    public long preparedBytes() {
        return preparedBytes.get();
    }

    @Override
    public DiskFile create(Path path) {
        return new CountedFile(() -> disk.create(path));
    }

    @Override
    public DiskFile createUncached(Path path) {
        return new CountedFile(() -> disk.createUncached(path));
    }

    @Override
    public DiskFile open(Path path) {
        return new CountedFile(() -> disk.open(path));
    }

    @Override
    public DiskFile openReadOnly(Path path) {
        return disk.openReadOnly(path);
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
    public List<Path> list(Path directory) {
        return disk.list(directory);
    }

    @Override
    public void createDirectories(Path directory) {
        disk.createDirectories(directory);
    }

    @Override
    public void rename(Path from, Path to) {
        disk.rename(from, to);
    }

    @Override
    public boolean tryLink(Path file, Path link) {
        return disk.tryLink(file, link);
    }

    @Override
    public void delete(Path path) {
        disk.delete(path);
    }

    @Override
    public void syncDirectory(Path directory) {
        disk.syncDirectory(directory);
    }

    @Override
    public long usableBytes(Path path) {
        return disk.usableBytes(path);
    }

    @Override
    public DirectoryLock lock(Path directory, String owner) {
        return disk.lock(directory, owner);
    }

    @Override
    public DirectoryLock lockForReading(Path directory, String owner) {
        return disk.lockForReading(directory, owner);
    }

    private final class CountedFile implements DiskFile {
        private final DiskFile file;

        /** Takes its heap before the file is open. */
        CountedFile(Supplier<DiskFile> opening) {
            this.file = opening.get();
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
                writtenBytes.addAndGet(before - source.remaining());
            }
        }

        @Override
        public int read(long offsetBytes, ByteBuffer target) {
            return file.read(offsetBytes, target);
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
        }

        @Override
        public void truncate(long sizeBytes) {
            file.truncate(sizeBytes);
        }

        @Override
        public void close() {
            file.close();
        }
    }
}
