package cordwood.testkit.crash;

import cordwood.files.DirectoryLock;
import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The files of a {@link TinyStore}: generation n is a snapshot and a log of what came after it.
 * Each is frames of length, checksum and content; a snapshot is one frame.
 */
final class TinyFiles implements AutoCloseable {

    private static final int HEADER_BYTES = 8;

    private final Disk disk;
    private final Path directory;
    private final Mutant mutant;
    private final DirectoryLock lock;
    private int generation;
    private @Nullable DiskFile log;
    private long logBytes;

    TinyFiles(Disk disk, Path directory, Mutant mutant) {
        this.disk = disk;
        this.directory = directory;
        this.mutant = mutant;
        disk.createDirectories(directory);
        lock = disk.lock(directory, "tiny store");
    }

    private Path snapshot(int number) {
        return directory.resolve("snapshot-%06d".formatted(number));
    }

    private Path log(int number) {
        return directory.resolve("log-%06d".formatted(number));
    }

    /** Reads the newest generation into an empty state and starts the next. */
    TinyState recover() {
        TinyState state = new TinyState();
        for (Path file : disk.list(directory)) {
            String name = file.getFileName().toString();
            if (name.startsWith("snapshot-") && !name.endsWith(".tmp")) {
                generation = Math.max(generation, Integer.parseInt(name.substring(9)));
            }
        }
        if (mutant != Mutant.LEAVE_STRAY_FILES) {
            stray().forEach(disk::delete);
        }
        if (generation > 0) {
            read(snapshot(generation), state);
        }
        long validBytes = disk.exists(log(generation)) ? read(log(generation), state) : 0;
        if (mutant == Mutant.SERVE_WHAT_WAS_NOT_SYNCED && disk.exists(log(generation))) {
            log = disk.open(log(generation));
            log.truncate(validBytes);
            logBytes = validBytes;
        } else {
            nextGeneration(state);
        }
        return state;
    }

    /** Applies the frames of a file up to the first damaged one; gives the bytes they take. */
    private long read(Path path, TinyState state) {
        try (DiskFile file = disk.openReadOnly(path)) {
            ByteBuffer content = ByteBuffer.allocate((int) file.sizeBytes());
            file.read(0, content);
            content.flip();
            int valid = 0;
            while (content.remaining() >= HEADER_BYTES) {
                int length = content.getInt();
                int checksum = content.getInt();
                if (length <= 0) {
                    break;
                }
                if (length > content.remaining()) {
                    if (mutant == Mutant.TRUST_LENGTH_BEFORE_CHECKSUM) {
                        throw new FileFailure(
                                FileFailure.Kind.IO, "read", path, valid, "too long", null);
                    }
                    break;
                }
                ByteBuffer frame = content.slice(content.position(), length);
                if (checksum(frame) != checksum && mutant != Mutant.SKIP_CHECKSUM) {
                    break;
                }
                state.apply(frame);
                content.position(content.position() + length);
                valid = content.position();
            }
            return valid;
        }
    }

    /** Writes the state as a snapshot, starts a log behind it and deletes what is older. */
    void nextGeneration(TinyState state) {
        int next = generation + 1;
        Path draft = directory.resolve("snapshot.tmp");
        if (disk.exists(draft)) {
            disk.delete(draft);
        }
        try (DiskFile file = disk.create(draft)) {
            file.write(0, frame(state.encoded(mutant != Mutant.FORGET_TRIMS)));
            if (mutant == Mutant.DELETE_LOG_BEFORE_SNAPSHOT_IS_SYNCED) {
                deleteOld();
            }
            if (mutant != Mutant.RENAME_BEFORE_SYNC) {
                file.sync();
            }
        }
        disk.rename(draft, snapshot(next));
        if (mutant == Mutant.LEAVE_STRAY_FILES && disk.exists(log(next))) {
            disk.delete(log(next));
        }
        DiskFile nextLog = disk.create(log(next));
        boolean switched = false;
        try {
            disk.syncDirectory(directory);
            deleteOld();
            DiskFile oldLog = log;
            log = nextLog;
            logBytes = 0;
            generation = next;
            switched = true;
            if (oldLog != null && mutant != Mutant.LEAK_FILES) {
                oldLog.close();
            }
        } finally {
            if (!switched) {
                nextLog.close();
            }
        }
    }

    private void deleteOld() {
        for (Path old : List.of(snapshot(generation), log(generation))) {
            if (disk.exists(old)) {
                disk.delete(old);
            }
        }
    }

    void append(byte[] content) {
        ByteBuffer frame = frame(content);
        int length = frame.remaining();
        if (mutant == Mutant.APPEND_AFTER_SHORT_WRITE) {
            try {
                openLog().write(openLog().sizeBytes(), frame);
            } catch (FileFailure e) {
                throw new RefusedWrite(e);
            }
        } else {
            openLog().write(logBytes, frame);
        }
        logBytes += length;
    }

    /** A write that failed and is not to be repeated. */
    static final class RefusedWrite extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RefusedWrite(FileFailure cause) {
            super(cause);
        }
    }

    void sync() {
        try {
            openLog().sync();
        } catch (FileFailure e) {
            if (mutant == Mutant.RETRY_SYNC) {
                openLog().sync();
            } else if (mutant != Mutant.GO_ON_AFTER_FAILED_SYNC) {
                throw e;
            }
        }
    }

    private DiskFile openLog() {
        DiskFile open = log;
        if (open == null) {
            throw new IllegalStateException("not recovered");
        }
        return open;
    }

    private static ByteBuffer frame(byte[] content) {
        ByteBuffer frame = ByteBuffer.allocate(HEADER_BYTES + content.length);
        frame.putInt(content.length).putInt(checksum(ByteBuffer.wrap(content))).put(content);
        return frame.flip();
    }

    private static int checksum(ByteBuffer content) {
        CRC32C checksum = new CRC32C();
        checksum.update(content.duplicate());
        return (int) checksum.getValue();
    }

    @Override
    public void close() {
        try (lock) {
            if (log != null) {
                log.close();
            }
        }
    }

    private List<Path> stray() {
        List<Path> live = List.of(snapshot(generation), log(generation), directory.resolve("LOCK"));
        return disk.list(directory).stream().filter(path -> !live.contains(path)).toList();
    }
}
