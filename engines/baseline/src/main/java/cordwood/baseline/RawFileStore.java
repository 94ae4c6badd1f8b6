package cordwood.baseline;

import cordwood.files.DirectoryLock;
import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import cordwood.store.Cursor;
import cordwood.store.GroupCommitter;
import cordwood.store.Order;
import cordwood.store.Space;
import cordwood.store.StepExecutor;
import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import cordwood.store.StoreMetrics;
import cordwood.store.StreamBounds;
import cordwood.store.StreamCursor;
import cordwood.store.WriteBatch;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The floor of the disk: what it costs to append groups to one file and to sync them, and nothing
 * else. Write-only: a stream that was written to cannot be read, any other is empty. Thread-safe.
 */
final class RawFileStore extends BaselineStore {

    private static final String LOG = "log";
    private static final String LOCK = "LOCK";

    private final DirectoryLock lock;
    private final RawFileLog log;

    private RawFileStore(
            DirectoryLock lock, RawFileLog log, GroupCommitter.Limits limits, StepExecutor steps) {
        super("rawfile", log::write, limits, steps);
        this.lock = lock;
        this.log = log;
    }

    /** Opens a store in a directory that is missing or empty. The caller closes it. */
    static RawFileStore open(
            Disk disk,
            Path directory,
            long memoryBudgetBytes,
            GroupCommitter.Limits limits,
            StepExecutor steps) {
        try {
            refuseForeign(disk, directory);
            disk.createDirectories(directory);
            DirectoryLock lock = disk.lock(directory, "rawfile store");
            try {
                return new RawFileStore(
                        lock, createLog(disk, directory, memoryBudgetBytes), limits, steps);
            } catch (RuntimeException | Error e) {
                lock.close();
                throw e;
            }
        } catch (FileFailure e) {
            throw refusal(e);
        }
    }

    private static void refuseForeign(Disk disk, Path directory) {
        if (!disk.exists(directory)) {
            return;
        }
        for (Path entry : disk.list(directory)) {
            String name = String.valueOf(entry.getFileName());
            if (!Set.of(LOG, LOCK).contains(name)) {
                throw new StoreException.Invalid(
                        "%s holds '%s', which no rawfile store made".formatted(directory, name));
            }
        }
    }

    private static RawFileLog createLog(Disk disk, Path directory, long memoryBudgetBytes) {
        Path path = directory.resolve(LOG);
        DiskFile file = disk.exists(path) ? disk.open(path) : disk.create(path);
        try {
            if (file.sizeBytes() > 0) {
                throw new StoreException.Invalid(
                        "%s holds the log of an earlier run, which rawfile cannot go on with"
                                .formatted(directory));
            }
            disk.syncDirectory(directory);
            return new RawFileLog(file, memoryBudgetBytes);
        } catch (RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    private static StoreException refusal(FileFailure failure) {
        String message = String.valueOf(failure.getMessage());
        return switch (failure.kind()) {
            case LOCKED, TOO_MANY_OPEN -> new StoreException.Busy(message);
            case MISSING, EXISTS, DENIED -> new StoreException.Invalid(message);
            case NO_SPACE -> new StoreException.Full(message, failure);
            case CLOSED, IO -> new StoreException.Failed(message, Outcome.NOT_APPLIED, failure);
        };
    }

    @Override
    public WriteBatch newBatch() {
        requireOpen();
        return new RawFileBatch(this);
    }

    @Override
    public Cursor read(Space space, long stream, long from, long to, Order order) {
        requireUnwritten(space, stream);
        return new EmptyCursor(this);
    }

    @Override
    public StreamBounds bounds(Space space, long stream) {
        requireUnwritten(space, stream);
        return StreamBounds.empty(StreamBounds.NEVER_TRIMMED);
    }

    @Override
    public @Nullable MemorySegment attribute(Space space, long stream, int id) {
        WriteBatch.requireAttributeId(id);
        requireUnwritten(space, stream);
        return null;
    }

    private void requireUnwritten(Space space, long stream) {
        requireOpen();
        if (log.streams().contains(new RawFileBatch.StreamKey(space.id(), stream))) {
            throw new StoreException.Invalid(
                    "rawfile only writes: it cannot answer for stream %d of %s"
                            .formatted(stream, space.name()));
        }
    }

    @Override
    public StreamCursor streams(Space space) {
        requireOpen();
        List<Long> streams =
                log.streams().stream()
                        .filter(key -> key.spaceId() == space.id())
                        .map(RawFileBatch.StreamKey::stream)
                        .toList();
        return new ListedStreamCursor(this, streams);
    }

    @Override
    void report(StoreMetrics.Builder metrics) {
        log.report(metrics);
    }

    @Override
    void release() {
        try (lock;
                log) {
            log.cutAllocatedAhead();
        } catch (FileFailure e) {
            throw refusal(e);
        }
    }
}
