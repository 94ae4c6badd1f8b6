package cordwood.rocksdb;

import cordwood.files.FileFailure;
import cordwood.store.Closing;
import cordwood.store.Commit;
import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.GroupCommitter;
import cordwood.store.LocalStore;
import cordwood.store.Order;
import cordwood.store.PrivateThread;
import cordwood.store.Space;
import cordwood.store.StepExecutor;
import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import cordwood.store.StoreLimits;
import cordwood.store.StoreMetrics;
import cordwood.store.StreamBounds;
import cordwood.store.StreamCursor;
import cordwood.store.WriteBatch;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The engine {@code rocksdb}: opens, closes and hands out. Thread-safe. */
final class RocksStore implements LocalStore {

    private static final int IN_FLIGHT_BATCHES_MAX = 8_192;
    private static final Duration ADMISSION_TIMEOUT = Duration.ofSeconds(10);

    private final StoreDirectory directory;
    private final Database database;
    private final RocksOptions options;
    private final StoreLimits sizeLimits;
    private final Upkeep upkeep;
    private final RocksGroupWriter writer;
    private final GroupCommitter committer;
    private final Figures figures;
    private final ReadGate gate = new ReadGate();
    private final Closing closing;

    RocksStore(
            StoreDirectory directory,
            Database database,
            RocksOptions options,
            GroupCommitter.Limits limits,
            StepExecutor steps) {
        this.directory = directory;
        this.options = options;
        this.sizeLimits = options.sizes().limits();
        this.database = database;
        this.upkeep = Upkeep.of(database, directory, options);
        this.writer =
                new RocksGroupWriter(
                        database,
                        database.familyIds(),
                        options,
                        database::backgroundFailures,
                        upkeep);
        this.figures = new Figures(database, options);
        if (!options.readOnly()) {
            upkeep.start();
        }
        boolean started = false;
        try {
            this.committer = new GroupCommitter("rocksdb", writer, limits, steps);
            started = true;
        } finally {
            if (!started) {
                upkeep.close();
            }
        }
        this.closing = new Closing(committer, this::endSteps, this::closeFiles);
    }

    static GroupCommitter.Limits limits(RocksOptions options) {
        return new GroupCommitter.Limits(
                options.commits().groupBytesMax(),
                options.commits().groupBatchesMax(),
                options.sizes().batchBytes(),
                IN_FLIGHT_BATCHES_MAX,
                ADMISSION_TIMEOUT);
    }

    @Override
    public WriteBatch newBatch() {
        return guarded(() -> database.remember(new RocksBatch(database, sizeLimits)));
    }

    @Override
    public Commit append(WriteBatch batch, Durability level) {
        return committer.append(writable(batch), level);
    }

    @Override
    public Commit tryAppend(WriteBatch batch, Durability level) {
        return committer.tryAppend(writable(batch), level);
    }

    private WriteBatch writable(WriteBatch batch) {
        gate.requireOpen();
        if (options.readOnly()) {
            throw readOnly();
        }
        if (batch instanceof RocksBatch ours && ours.isOf(database)) {
            return batch;
        }
        throw new StoreException.Invalid("the batch is another store's");
    }

    @Override
    public Cursor read(Space space, long stream, long from, long to, Order order) {
        Objects.requireNonNull(order, "order");
        return guarded(() -> {
            long trimmedTo = database.trimmedTo(space.id(), stream);
            boolean nothingLeft = StreamMarks.hides(trimmedTo, to);
            long lowest = StreamMarks.hides(trimmedTo, from) ? trimmedTo + 1 : from;
            return database.remember(
                    new RocksCursor(
                            database,
                            database.walks(),
                            space,
                            stream,
                            nothingLeft ? Long.MAX_VALUE : lowest,
                            nothingLeft ? Long.MIN_VALUE : to,
                            order));
        });
    }

    @Override
    public StreamBounds bounds(Space space, long stream) {
        return guarded(() -> {
            StreamBounds bounds = Bounds.of(database, space, stream);
            while (bounds == null) {
                bounds = Bounds.of(database, space, stream);
            }
            return bounds;
        });
    }

    @Override
    public @Nullable MemorySegment attribute(Space space, long stream, int id) {
        WriteBatch.requireAttributeId(id);
        return this.<@Nullable MemorySegment>guarded(() -> {
            byte[] value = database.metadata(space.id(), stream, id);
            return value == null ? null : MemorySegment.ofArray(value);
        });
    }

    @Override
    public StreamCursor streams(Space space) {
        return guarded(
                () -> database.remember(new RocksStreamCursor(database, database.walks(), space)));
    }

    @Override
    public long watermark(Durability level) {
        gate.requireOpen();
        return committer.watermark(level);
    }

    @Override
    public StoreMetrics metrics() {
        return guarded(() -> {
            StoreMetrics.Builder metrics = StoreMetrics.builder();
            committer.report(metrics);
            figures.report(metrics, writer.syncNanos(), upkeep.preparedBytes());
            return metrics.build();
        });
    }

    @Override
    public StoreLimits limits() {
        gate.requireOpen();
        return sizeLimits;
    }

    @Override
    public String statistics() {
        return guarded(figures::text);
    }

    @Override
    public void flush() {
        change(database::flush);
    }

    @Override
    public void compact() {
        change(database::compact);
    }

    @Override
    public void checkpoint(Path target) {
        try {
            run(() ->
                    PrivateThread.run(
                            "rocksdb-checkpoint",
                            () -> directory.copyTo(target, database::copyTo)));
        } catch (FileFailure e) {
            throw Problems.files(e);
        }
    }

    private void change(Runnable change) {
        StoreException.Failed failed = committer.failure();
        if (failed != null) {
            throw failed.again(Outcome.NOT_APPLIED);
        }
        if (options.readOnly()) {
            throw readOnly();
        }
        run(change);
    }

    private static StoreException readOnly() {
        return new StoreException.Invalid("the store was opened read-only");
    }

    private void run(Runnable change) {
        guarded(() -> {
            change.run();
            return true;
        });
    }

    private <T extends @Nullable Object> T guarded(Supplier<T> call) {
        long stamp = gate.enter();
        try {
            return call.get();
        } finally {
            gate.leave(stamp);
        }
    }

    @Override
    public void close() {
        closing.close();
    }

    private void endSteps() {
        gate.shut();
        committer.close();
    }

    private void closeFiles() {
        try (directory;
                database;
                upkeep) {
            boolean logged = options.log().enabled();
            boolean mayFlush = !logged || upkeep.mayFlush();
            if (!mayFlush) {
                database.endBackgroundWork(); // it would be tried again for ever
            }
            upkeep.end();
            if (logged) {
                spareTheNextOpening(mayFlush);
            } else if (!options.readOnly()) {
                upkeep.makeRoomForLastFlush();
                database.flush(); // there is no other copy, whatever went wrong before
            }
        }
    }

    /** With its checks on RocksDB stops by itself; its count has refused compactions in it. */
    private boolean hasNoFailure() {
        return options.paranoidChecks() ? database.isResumed() : database.backgroundFailures() == 0;
    }

    /** From reading the log, which has everything, where a flush is not in doubt. */
    private void spareTheNextOpening(boolean mayFlush) {
        boolean isSound = committer.failure() == null && hasNoFailure();
        if (!mayFlush || options.readOnly() || !isSound) {
            return;
        }
        try {
            database.flush();
        } catch (StoreException.Full e) {
            // the next opening reads it, then
        }
    }
}
