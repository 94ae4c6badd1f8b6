package cordwood.testkit.disk;

import cordwood.files.DirectoryLock;
import cordwood.files.Disk;
import cordwood.files.DiskFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A disk in front of another that sees every call before it is made, and may change, refuse or drop
 * it. Subclasses override the {@code on…} methods; each passes the call on by default.
 */
public abstract class InterposedDisk implements Disk {

    private final Disk under;

    /** Stands in front of {@code under}. */
    protected InterposedDisk(Disk under) {
        this.under = under;
    }

    /**
     * Any call at all; the others lead here.
     *
     * @param file the file it is made on, null for calls on the disk itself
     * @param body makes the call
     */
    protected <T extends @Nullable Object> T onCall(
            DiskCall call, @Nullable DiskFile file, Supplier<T> body) {
        return body.get();
    }

    /** A write, with the bytes at hand. */
    protected void onWrite(DiskCall call, DiskFile file, ByteBuffer source) {
        perform(call, file, () -> file.write(call.offsetBytes(), source));
    }

    /** A read into {@code target}; how many bytes, as {@link DiskFile#read}. */
    protected int onRead(DiskCall call, DiskFile file, ByteBuffer target) {
        return onCall(call, file, () -> file.read(call.offsetBytes(), target));
    }

    private void perform(DiskCall call, @Nullable DiskFile file, Runnable body) {
        this.<@Nullable Void>onCall(
                call,
                file,
                () -> {
                    body.run();
                    return null;
                });
    }

    private <T> T ask(DiskOperation operation, Path path, Supplier<T> body) {
        return onCall(DiskCall.on(operation, path), null, body);
    }

    private void perform(DiskOperation operation, Path path, Runnable body) {
        perform(DiskCall.on(operation, path), null, body);
    }

    @Override
    public final DiskFile create(Path path) {
        return new File(ask(DiskOperation.CREATE, path, () -> under.create(path)));
    }

    @Override
    public final DiskFile createUncached(Path path) {
        return new File(ask(DiskOperation.CREATE, path, () -> under.createUncached(path)));
    }

    @Override
    public final DiskFile open(Path path) {
        return new File(ask(DiskOperation.OPEN, path, () -> under.open(path)));
    }

    @Override
    public final DiskFile openReadOnly(Path path) {
        return new File(ask(DiskOperation.OPEN, path, () -> under.openReadOnly(path)));
    }

    @Override
    public final boolean exists(Path path) {
        return ask(DiskOperation.EXISTS, path, () -> under.exists(path));
    }

    @Override
    public final Path realPath(Path path) {
        return under.realPath(path);
    }

    @Override
    public final List<Path> list(Path directory) {
        return ask(DiskOperation.LIST, directory, () -> under.list(directory));
    }

    @Override
    public final void createDirectories(Path directory) {
        perform(
                DiskOperation.CREATE_DIRECTORIES,
                directory,
                () -> under.createDirectories(directory));
    }

    @Override
    public final void rename(Path from, Path to) {
        DiskCall call = new DiskCall(DiskOperation.RENAME, from, to, -1, 0);
        perform(call, null, () -> under.rename(from, to));
    }

    @Override
    public final boolean tryLink(Path file, Path link) {
        DiskCall call = new DiskCall(DiskOperation.LINK, link, file, -1, 0);
        return onCall(call, null, () -> under.tryLink(file, link));
    }

    @Override
    public final void delete(Path path) {
        perform(DiskOperation.DELETE, path, () -> under.delete(path));
    }

    @Override
    public final void syncDirectory(Path directory) {
        perform(DiskOperation.SYNC_DIRECTORY, directory, () -> under.syncDirectory(directory));
    }

    @Override
    public final long usableBytes(Path path) {
        return ask(DiskOperation.USABLE_BYTES, path, () -> under.usableBytes(path));
    }

    @Override
    public final DirectoryLock lock(Path directory, String owner) {
        return new Lock(ask(DiskOperation.LOCK, directory, () -> under.lock(directory, owner)));
    }

    @Override
    public final DirectoryLock lockForReading(Path directory, String owner) {
        return new Lock(
                ask(DiskOperation.LOCK, directory, () -> under.lockForReading(directory, owner)));
    }

    private final class Lock implements DirectoryLock {
        private final DirectoryLock lock;

        Lock(DirectoryLock lock) {
            this.lock = lock;
        }

        @Override
        public Path directory() {
            return lock.directory();
        }

        @Override
        public void close() {
            perform(DiskOperation.UNLOCK, lock.directory(), lock::close);
        }
    }

    private final class File implements DiskFile {
        private final DiskFile file;

        File(DiskFile file) {
            this.file = file;
        }

        private DiskCall call(DiskOperation operation, long offsetBytes, int lengthBytes) {
            return new DiskCall(operation, file.path(), null, offsetBytes, lengthBytes);
        }

        @Override
        public Path path() {
            return file.path();
        }

        @Override
        public void write(long offsetBytes, ByteBuffer source) {
            DiskCall call = call(DiskOperation.WRITE, offsetBytes, source.remaining());
            onWrite(call, file, source);
        }

        @Override
        public int read(long offsetBytes, ByteBuffer target) {
            DiskCall call = call(DiskOperation.READ, offsetBytes, target.remaining());
            return onRead(call, file, target);
        }

        @Override
        public void sync() {
            perform(call(DiskOperation.SYNC, -1, 0), file, file::sync);
        }

        @Override
        public long sizeBytes() {
            return onCall(call(DiskOperation.SIZE, -1, 0), file, file::sizeBytes);
        }

        @Override
        public void preallocate(long sizeBytes) {
            DiskCall call = call(DiskOperation.PREALLOCATE, sizeBytes, 0);
            perform(call, file, () -> file.preallocate(sizeBytes));
        }

        @Override
        public void truncate(long sizeBytes) {
            DiskCall call = call(DiskOperation.TRUNCATE, sizeBytes, 0);
            perform(call, file, () -> file.truncate(sizeBytes));
        }

        @Override
        public void close() {
            perform(call(DiskOperation.CLOSE, -1, 0), file, file::close);
        }
    }
}
