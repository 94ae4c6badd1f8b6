package cordwood.lsm;

import cordwood.files.FileFailure;
import cordwood.lsm.commit.BackgroundFailures;
import cordwood.lsm.commit.LogCommitter;
import cordwood.lsm.commit.LsmBatch;
import cordwood.lsm.commit.Pacer;
import cordwood.lsm.commit.Stalls;
import cordwood.lsm.flush.Requests;
import cordwood.lsm.flush.Retention;
import cordwood.lsm.format.StorageFailures;
import cordwood.lsm.manifest.Edit;
import cordwood.lsm.read.CursorPlaces;
import cordwood.lsm.read.RecordCursor;
import cordwood.lsm.read.StreamListCursor;
import cordwood.lsm.read.StreamReader;
import cordwood.lsm.read.View;
import cordwood.lsm.wal.LogEnd;
import cordwood.memory.MemoryRefused;
import cordwood.store.Closing;
import cordwood.store.Commit;
import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.GroupCommitter;
import cordwood.store.LocalStore;
import cordwood.store.Order;
import cordwood.store.PrivateThread;
import cordwood.store.Space;
import cordwood.store.StackRoom;
import cordwood.store.StoreException;
import cordwood.store.StoreLimits;
import cordwood.store.StoreMetrics;
import cordwood.store.StoreOptions;
import cordwood.store.StreamBounds;
import cordwood.store.StreamCursor;
import cordwood.store.WriteBatch;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The native engine's store: opens, closes and hands out. Thread-safe. */
public final class LsmStore implements LocalStore {

    private static final System.Logger LOG = System.getLogger("cordwood.lsm");

    /** Made before the heap is full. */
    @SuppressWarnings("StaticAssignmentOfThrowable") // where it is needed, none can be made
    private static final StoreException NO_HEAP =
            new StoreException.Busy("no heap to open a store");

    private final StoreParts parts;
    private final BackgroundFailures failures = new BackgroundFailures();
    private final Requests flushes = new Requests();
    private final Requests compactions = new Requests();
    private final Background background;
    private final Stalls stalls = new Stalls(System::nanoTime);
    private final LogCommitter writer;
    private final GroupCommitter committer;
    private final Closing closing;
    private final RecordCursor.Source source;

    private LsmStore(StoreParts parts, GroupCommitter.Limits limits) {
        this.parts = parts;
        this.background = new Background(parts, failures, flushes, compactions, new OwnLog());
        LsmSettings settings = parts.settings();
        Pacer pacer =
                new Pacer(parts.debt(), System::nanoTime, parts.environment().pause(), stalls);
        LogCommitter.Parts writing =
                new LogCommitter.Parts(
                        parts.log(),
                        parts.segments(),
                        parts.versions(),
                        parts.memtables(),
                        parts.memory().chunks(),
                        parts.largeAccount(),
                        parts.live(),
                        parts.register().milestones(),
                        flushes,
                        pacer,
                        stalls,
                        parts.shortages(),
                        failures);
        this.writer =
                new LogCommitter(
                        writing, background, limits.groupBytesMax(), settings.walBytesMax());
        this.committer = new GroupCommitter("lsm", writer, limits, parts.environment().commits());
        this.closing = new Closing(committer, this::endSteps, this::closeFiles);
        this.source =
                new RecordCursor.Source(
                        parts.versions(),
                        new CursorPlaces(),
                        parts.memory().chunks(),
                        parts.cursorAccount(),
                        settings.scanBytes());
        background.attach(committer);
        boolean started = false;
        try {
            background.start(parts.environment().background());
            started = true;
        } finally {
            if (!started) {
                endSteps();
            }
        }
    }

    /**
     * Opens or creates a store.
     *
     * @throws StoreException as {@link cordwood.store.StoreProvider#open} does
     */
    public static LsmStore open(StoreOptions options, LsmEnvironment environment) {
        LsmSettings settings = LsmSettings.of(options);
        GroupCommitter.Limits limits =
                GroupCommitter.Limits.forInFlightBytes(settings.inFlightBytesMax());
        return open(options, environment, limits);
    }

    /** As {@link #open(StoreOptions, LsmEnvironment)}, with a committer bounded as given. */
    public static LsmStore open(
            StoreOptions options, LsmEnvironment environment, GroupCommitter.Limits limits) {
        LsmSettings settings = LsmSettings.of(options);
        GroupCommitter.Limits bounded =
                new GroupCommitter.Limits(
                        Math.min(limits.groupBytesMax(), settings.groupBytesMax()),
                        limits.groupBatchesMax(),
                        limits.inFlightBytesMax(),
                        limits.inFlightBatchesMax(),
                        limits.admissionTimeout());
        Path directory = StoreDirectory.normalized(options.directory());
        StackRoom.require();
        try {
            FirstUse.initialize();
            return PrivateThread.open(
                    "lsm-open",
                    () ->
                            new Opening(directory, settings, environment)
                                    .open(parts -> opened(directory, parts, bounded)));
        } catch (OutOfMemoryError _) {
            throw noHeap();
        } catch (IllegalArgumentException e) {
            throw StorageFailures.isFullHeap(e) ? noHeap() : e;
        }
    }

    private static StoreException noHeap() {
        try {
            return NO_HEAP.again(NO_HEAP.outcome());
        } catch (OutOfMemoryError _) {
            return NO_HEAP;
        }
    }

    private static LsmStore opened(Path directory, StoreParts parts, GroupCommitter.Limits limits) {
        RecoveryReport recovery = parts.recovery();
        LOG.log(
                recovery.isDoubtful() ? Level.WARNING : Level.DEBUG,
                () -> directory + ": " + recovery.summary());
        return new LsmStore(parts, limits);
    }

    /** What opening the store found. */
    public RecoveryReport recovery() {
        return parts.recovery();
    }

    @Override
    public WriteBatch newBatch() {
        requireOpen();
        return new LsmBatch(this, parts.settings().limits());
    }

    @Override
    public Commit append(WriteBatch batch, Durability level) {
        return committer.append(sealed(batch), level);
    }

    @Override
    public Commit tryAppend(WriteBatch batch, Durability level) {
        return committer.tryAppend(sealed(batch), level);
    }

    private LsmBatch sealed(WriteBatch batch) {
        requireOpen();
        if (batch instanceof LsmBatch mine && mine.isOf(this)) {
            mine.seal();
            return mine;
        }
        throw new StoreException.Invalid("the batch is another store's");
    }

    @Override
    public Cursor read(Space space, long stream, long from, long to, Order order) {
        requireOpen();
        Objects.requireNonNull(order, "order");
        return new RecordCursor(source, space.id(), stream, from, to, order);
    }

    @Override
    public StreamBounds bounds(Space space, long stream) {
        return pinned(view -> new StreamReader().bounds(view, space.id(), stream));
    }

    @Override
    public @Nullable MemorySegment attribute(Space space, long stream, int id) {
        requireOpen();
        WriteBatch.requireAttributeId(id);
        return this.<@Nullable MemorySegment>pinned(
                view -> new StreamReader().attribute(view, space.id(), stream, id));
    }

    private <T extends @Nullable Object> T pinned(Function<View, T> question) {
        requireOpen();
        long ticket = parts.versions().pin();
        try {
            return question.apply(View.of(parts.versions().current()));
        } finally {
            parts.versions().unpin(ticket);
        }
    }

    @Override
    public StreamCursor streams(Space space) {
        requireOpen();
        return new StreamListCursor(parts.versions(), space.id());
    }

    @Override
    public long watermark(Durability level) {
        requireOpen();
        return committer.watermark(level);
    }

    @Override
    public StoreMetrics metrics() {
        requireOpen();
        return Figures.of(parts, committer, stalls);
    }

    @Override
    public StoreLimits limits() {
        requireOpen();
        return parts.settings().limits();
    }

    @Override
    public String statistics() {
        requireOpen();
        return parts.recovery().summary();
    }

    @Override
    public void flush() {
        requireOpen();
        StackRoom.require();
        CompletableFuture<Void> done = flushes.add();
        committer.wake();
        await(done);
    }

    @Override
    public void compact() {
        flush();
        CompletableFuture<Void> done = compactions.add();
        background.wantCompaction();
        await(done);
    }

    private void await(CompletableFuture<Void> done) {
        StoreException.Failed failed = failures.first();
        if (failed != null) {
            throw failed.again(StoreException.Outcome.NOT_APPLIED);
        }
        parts.environment().waiter().await(done);
        try {
            done.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StoreException cause) {
                throw cause.again(cause.outcome());
            }
            throw e;
        }
    }

    @Override
    public void checkpoint(Path target) {
        Path normalized = StoreDirectory.normalized(target);
        requireOpen();
        AtomicBoolean held = new AtomicBoolean(true);
        Runnable letGo =
                () -> {
                    if (held.getAndSet(false)) {
                        parts.trimHold().letGo();
                        background.trimmed();
                    }
                };
        parts.trimHold().hold();
        try {
            flush(); // with it, every trim that tables were rid of records for is in a table
            await(background.checkpoint(normalized, letGo));
        } finally {
            letGo.run();
        }
    }

    /** Trims of the store's own. */
    private final class OwnLog implements Retention.Log {
        @Override
        public WriteBatch newBatch() {
            return LsmStore.this.newBatch();
        }

        @Override
        public Commit tryAppend(WriteBatch batch) {
            return LsmStore.this.tryAppend(batch, Durability.DURABLE);
        }
    }

    private void requireOpen() {
        closing.requireOpen();
    }

    @Override
    public void close() {
        closing.close();
    }

    private void endSteps() {
        try {
            background.close();
        } finally {
            writer.close();
            committer.close();
        }
    }

    private void closeFiles() {
        try {
            settleLog();
        } finally {
            closeParts();
        }
    }

    private void closeParts() {
        try {
            parts.close();
        } catch (FileFailure e) {
            throw StorageFailures.ofBackgroundWork(e);
        }
    }

    /** Syncs the log and puts its end on record, so that opening can be strict about all of it. */
    private void settleLog() {
        LogEnd end = parts.log().end();
        if (end == null || failures.first() != null || committer.failure() != null) {
            return;
        }
        try {
            parts.log().sync();
            parts.register()
                    .record(
                            List.of(
                                    new Edit.SettleSegment(
                                            end.segment(), end.offsetBytes(), end.lastSequence())));
        } catch (StoreException.Full | StoreException.Busy | MemoryRefused _) {
            // opening will find the end by reading
        } catch (FileFailure e) {
            throw StorageFailures.ofWrite(e);
        }
    }
}
