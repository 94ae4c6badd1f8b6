package cordwood.testkit.crash;

import cordwood.files.Disk;
import cordwood.files.FileFailure;
import cordwood.store.Commit;
import cordwood.store.CommitGroup;
import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.GroupCommitter;
import cordwood.store.LocalStore;
import cordwood.store.Order;
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
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The smallest store that keeps the promises, for trying the trials themselves. */
final class TinyStore implements LocalStore {

    private final Disk disk;
    private final StepExecutor executor;
    private final Mutant mutant;
    private final TinyFiles files;
    private final GroupCommitter committer;
    private final StepExecutor.Handle flushing;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition flushed = lock.newCondition();
    // guarded by lock
    private final TinyState state;
    private int flushesAsked;
    private int flushesDone;
    private @Nullable StoreException flushFailure;
    private StoreException.@Nullable Failed stopped;
    private boolean closed;

    TinyStore(Disk disk, Path directory, StepExecutor executor, Mutant mutant) {
        this.disk = disk;
        this.executor = executor;
        this.mutant = mutant;
        TinyFiles opened = null;
        boolean recovered = false;
        try {
            opened = new TinyFiles(disk, directory, mutant);
            state = opened.recover();
            files = opened;
            recovered = true;
        } catch (FileFailure e) {
            throw told("open", Outcome.NOT_APPLIED, e);
        } finally {
            if (!recovered && opened != null) {
                closeAfterFailure(opened);
            }
        }
        flushing = executor.start("tiny-flush", this::flushOnce);
        committer =
                new GroupCommitter(
                        "tiny",
                        this::write,
                        GroupCommitter.Limits.forInFlightBytes(8 << 20),
                        executor);
    }

    private static void closeAfterFailure(TinyFiles opened) {
        try {
            opened.close();
        } catch (FileFailure e) {
            // the failure that brought us here is told
        }
    }

    private StoreException told(String what, Outcome outcome, FileFailure e) {
        return mutant == Mutant.TELL_FAILURE_AS_CORRUPTION
                ? new StoreException.Corrupt(what + ": " + e.getMessage(), e)
                : new StoreException.Failed(what + ": " + e.getMessage(), outcome, e);
    }

    private void write(CommitGroup group) {
        lock.lock();
        try {
            if (stopped != null) {
                throw stopped.again(Outcome.NOT_APPLIED);
            }
            for (int i = 0; i < group.size(); i++) {
                files.append(((TinyBatch) group.batch(i)).encoded());
            }
            if (group.sync() && mutant != Mutant.ACKNOWLEDGE_BEFORE_SYNC) {
                files.sync();
            }
            for (int i = 0; i < group.size(); i++) {
                state.apply(ByteBuffer.wrap(((TinyBatch) group.batch(i)).encoded()));
            }
        } catch (TinyFiles.RefusedWrite e) {
            throw new StoreException.Full("refused", e);
        } catch (FileFailure e) {
            Outcome outcome =
                    mutant == Mutant.SHOW_REFUSED_BATCH ? Outcome.NOT_APPLIED : Outcome.UNKNOWN;
            StoreException.Failed first = new StoreException.Failed("write", outcome, e);
            stopped = first;
            throw first;
        } finally {
            lock.unlock();
        }
    }

    private boolean flushOnce() {
        lock.lock();
        try {
            if (flushesDone == flushesAsked) {
                return false;
            }
            flushFailure = stopped;
            if (stopped == null) {
                files.nextGeneration(state);
            }
        } catch (FileFailure e) {
            stopped = new StoreException.Failed("flush", Outcome.UNKNOWN, e);
            flushFailure = stopped;
            if (mutant == Mutant.HANG_WHEN_FLUSH_FAILS) {
                flushesAsked--;
                return false;
            }
        } finally {
            lock.unlock();
        }
        lock.lock();
        try {
            flushesDone = flushesAsked;
            flushed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void flush() {
        lock.lock();
        try {
            requireOpen();
            int mine = ++flushesAsked;
            flushing.wake();
            while (flushesDone < mine) {
                flushed.awaitUninterruptibly();
            }
            if (flushFailure != null) {
                throw flushFailure.again(Outcome.UNKNOWN);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void compact() {
        flush();
    }

    @Override
    public void checkpoint(Path target) {
        requireOpen();
        TinyState copy = new TinyState();
        lock.lock();
        try {
            copy.apply(ByteBuffer.wrap(state.encoded(true)));
        } finally {
            lock.unlock();
        }
        boolean done = false;
        try (TinyStore other = new TinyStore(disk, target, executor, mutant)) {
            other.lock.lock();
            try {
                other.state.apply(ByteBuffer.wrap(copy.encoded(true)));
                other.files.nextGeneration(other.state);
                done = true;
            } catch (FileFailure e) {
                throw told("checkpoint", Outcome.NOT_APPLIED, e);
            } finally {
                other.lock.unlock();
            }
        } finally {
            if (!done) {
                removeCheckpoint(target);
            }
        }
    }

    private void removeCheckpoint(Path target) {
        try {
            if (disk.exists(target)) {
                disk.list(target).forEach(disk::delete);
                disk.delete(target);
            }
        } catch (FileFailure e) {
            // the failure that brought us here is told
        }
    }

    @Override
    public WriteBatch newBatch() {
        requireOpen();
        return new TinyBatch();
    }

    @Override
    public Commit append(WriteBatch batch, Durability level) {
        requireOpen();
        return committer.append(batch, level);
    }

    @Override
    public Commit tryAppend(WriteBatch batch, Durability level) {
        requireOpen();
        return committer.tryAppend(batch, level);
    }

    private void requireOpen() {
        lock.lock();
        try {
            if (closed) {
                throw new StoreException.Closed("the store is closed");
            }
        } finally {
            lock.unlock();
        }
    }

    private TinyState.Stream stream(Space space, long stream) {
        requireOpen();
        return state.streams.getOrDefault(
                new TinyState.Key(space.id(), stream), new TinyState.Stream());
    }

    @Override
    public Cursor read(Space space, long stream, long from, long to, Order order) {
        lock.lock();
        try {
            NavigableMap<Long, byte[]> range =
                    from > to
                            ? new TreeMap<>()
                            : new TreeMap<>(
                                    stream(space, stream).records.subMap(from, true, to, true));
            Iterator<Map.Entry<Long, byte[]>> records =
                    (order == Order.FORWARD ? range : range.descendingMap()).entrySet().iterator();
            return new TinyCursor(records);
        } finally {
            lock.unlock();
        }
    }

    private static final class TinyCursor implements Cursor {
        private final Iterator<Map.Entry<Long, byte[]>> records;
        private Map.@Nullable Entry<Long, byte[]> current;

        TinyCursor(Iterator<Map.Entry<Long, byte[]>> records) {
            this.records = records;
        }

        @Override
        public boolean next() {
            current = records.hasNext() ? records.next() : null;
            return current != null;
        }

        private Map.Entry<Long, byte[]> current() {
            if (current == null) {
                throw new StoreException.Invalid("no current record");
            }
            return current;
        }

        @Override
        public long position() {
            return current().getKey();
        }

        @Override
        public MemorySegment value() {
            return MemorySegment.ofArray(current().getValue()).asReadOnly();
        }

        @Override
        public void close() {}
    }

    @Override
    public StreamBounds bounds(Space space, long stream) {
        lock.lock();
        try {
            TinyState.Stream found = stream(space, stream);
            return found.records.isEmpty()
                    ? StreamBounds.empty(found.trimmedTo)
                    : new StreamBounds(
                            found.records.firstKey(), found.records.lastKey(), found.trimmedTo);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public @Nullable MemorySegment attribute(Space space, long stream, int id) {
        lock.lock();
        try {
            byte[] value = stream(space, stream).attributes.get(id);
            return value == null ? null : MemorySegment.ofArray(value);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public StreamCursor streams(Space space) {
        lock.lock();
        try {
            List<Long> ids = new ArrayList<>();
            state.streams.forEach((key, stream) -> {
                boolean shows =
                        !stream.records.isEmpty()
                                || !stream.attributes.isEmpty()
                                || stream.trimmedTo != StreamBounds.NEVER_TRIMMED;
                if (key.space() == space.id() && shows) {
                    ids.add(key.stream());
                }
            });
            return new TinyStreamCursor(ids.iterator());
        } finally {
            lock.unlock();
        }
    }

    private static final class TinyStreamCursor implements StreamCursor {
        private final Iterator<Long> ids;
        private long current;

        TinyStreamCursor(Iterator<Long> ids) {
            this.ids = ids;
        }

        @Override
        public boolean next() {
            if (!ids.hasNext()) {
                return false;
            }
            current = ids.next();
            return true;
        }

        @Override
        public long stream() {
            return current;
        }

        @Override
        public void close() {}
    }

    @Override
    public long watermark(Durability level) {
        return committer.watermark(level);
    }

    @Override
    public StoreMetrics metrics() {
        StoreMetrics.Builder metrics = StoreMetrics.builder();
        committer.report(metrics);
        return metrics.build();
    }

    @Override
    public StoreLimits limits() {
        return StoreLimits.LOCAL;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
        } finally {
            lock.unlock();
        }
        committer.close();
        flushing.close();
        try {
            files.close();
        } catch (FileFailure e) {
            throw told("close", Outcome.UNKNOWN, e);
        }
    }
}
