package cordwood.loglet;

import cordwood.store.Commit;
import cordwood.store.CommitGroup;
import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.GroupCommitter;
import cordwood.store.Order;
import cordwood.store.Space;
import cordwood.store.StepExecutor;
import cordwood.store.StoreException;
import cordwood.store.StoreLimits;
import cordwood.store.StoreMetrics;
import cordwood.store.StreamBounds;
import cordwood.store.StreamCursor;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store in front of another, whose committer a test can hold up and let refuse, and whose cursors
 * it can interrupt. What gets through is applied batch by batch to the store behind.
 */
final class RelayStore implements StreamStore {

    private final StreamStore behind;
    private final GroupCommitter committer;
    private final AtomicInteger groups = new AtomicInteger();
    private volatile @Nullable CountDownLatch gate;
    private volatile Supplier<@Nullable StoreException> refusal = () -> null;
    private volatile Supplier<@Nullable StoreException> callRefusal = () -> null;
    private volatile Consumer<Cursor> beforeNext = _ -> {};
    private volatile boolean roomless;
    private volatile boolean roomlessForTrims;
    private volatile Durability lastLevel = Durability.BUFFERED;

    RelayStore(StreamStore behind, StepExecutor steps) {
        this.behind = behind;
        this.committer =
                new GroupCommitter(
                        "relay",
                        this::write,
                        GroupCommitter.Limits.forInFlightBytes(1 << 20),
                        steps);
    }

    /** Holds up everything appended from now on. */
    void hold() {
        gate = new CountDownLatch(1);
    }

    /** Lets through what is held up. */
    void release() {
        CountDownLatch held = gate;
        gate = null;
        if (held != null) {
            held.countDown();
        }
    }

    /** Asks before each group whether it is to be refused, and how. */
    void refuseWith(Supplier<@Nullable StoreException> question) {
        refusal = question;
    }

    /** Asks before each call whether it is to be refused, and how. */
    void refuseCallsWith(Supplier<@Nullable StoreException> question) {
        callRefusal = question;
    }

    private void maybeRefuse() {
        StoreException failure = callRefusal.get();
        if (failure != null) {
            throw failure;
        }
    }

    /** Refuses the next {@code count} groups. */
    void refuseNext(int count, StoreException failure) {
        AtomicInteger left = new AtomicInteger(count);
        refusal = () -> left.getAndDecrement() > 0 ? failure : null;
    }

    /** Has no room for any batch, until told otherwise. */
    void hasRoom(boolean hasRoom) {
        roomless = !hasRoom;
    }

    /** Has no room for batches with trims, until told otherwise. */
    void hasRoomForTrims(boolean hasRoom) {
        roomlessForTrims = !hasRoom;
    }

    /** Runs before each step of a cursor. */
    void beforeNext(Consumer<Cursor> interruption) {
        beforeNext = interruption;
    }

    /** How many groups went through or were refused. */
    int groups() {
        return groups.get();
    }

    /** The level that the last append asked for. */
    Durability lastLevel() {
        return lastLevel;
    }

    private void write(CommitGroup group) {
        CountDownLatch held = gate;
        if (held != null) {
            try {
                held.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        groups.incrementAndGet();
        StoreException failure = refusal.get();
        if (failure != null) {
            throw failure;
        }
        for (int i = 0; i < group.size(); i++) {
            try (WriteBatch batch = behind.newBatch()) {
                ((RelayBatch) group.batch(i)).operations.forEach(entry -> entry.accept(batch));
                behind.append(batch, Durability.WRITTEN).await();
            }
        }
    }

    @Override
    public WriteBatch newBatch() {
        maybeRefuse();
        behind.limits(); // refuses when closed
        return new RelayBatch();
    }

    @Override
    public Commit append(WriteBatch batch, Durability level) {
        behind.limits();
        throw new AssertionError("a worker would wait here");
    }

    @Override
    public Commit tryAppend(WriteBatch batch, Durability level) {
        behind.limits();
        maybeRefuse();
        if (roomless || (roomlessForTrims && batch.hasTrims())) {
            throw new StoreException.Busy("no room on demand");
        }
        lastLevel = level;
        return committer.tryAppend(batch, level);
    }

    @Override
    public Cursor read(Space space, long stream, long from, long to, Order order) {
        maybeRefuse();
        Cursor cursor = behind.read(space, stream, from, to, order);
        return new Cursor() {
            @Override
            public boolean next() {
                beforeNext.accept(this);
                return cursor.next();
            }

            @Override
            public long position() {
                return cursor.position();
            }

            @Override
            public MemorySegment value() {
                return cursor.value();
            }

            @Override
            public void close() {
                cursor.close();
            }
        };
    }

    @Override
    public StreamBounds bounds(Space space, long stream) {
        maybeRefuse();
        return behind.bounds(space, stream);
    }

    @Override
    public @Nullable MemorySegment attribute(Space space, long stream, int id) {
        return behind.attribute(space, stream, id);
    }

    @Override
    public StreamCursor streams(Space space) {
        return behind.streams(space);
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
        return behind.limits();
    }

    @Override
    public void close() {
        committer.close();
        behind.close();
    }

    /** Remembers what was put in, for the batch of the store behind. */
    private final class RelayBatch extends WriteBatch {

        private final List<Consumer<WriteBatch>> operations = new ArrayList<>();

        RelayBatch() {
            super(StoreLimits.LOCAL);
        }

        private static MemorySegment copy(MemorySegment value) {
            return MemorySegment.ofArray(value.toArray(ValueLayout.JAVA_BYTE));
        }

        @Override
        protected void encodePut(
                Space space, long stream, long position, MemorySegment head, MemorySegment body) {
            MemorySegment ownHead = copy(head);
            MemorySegment ownBody = copy(body);
            operations.add(batch -> batch.put(space, stream, position, ownHead, ownBody));
        }

        @Override
        protected void encodeTrim(Space space, long stream, long to) {
            operations.add(batch -> batch.trim(space, stream, to));
        }

        @Override
        protected void encodeAttribute(Space space, long stream, int id, MemorySegment value) {
            MemorySegment own = copy(value);
            operations.add(batch -> batch.attribute(space, stream, id, own));
        }

        @Override
        protected void reset() {
            behind.limits();
            operations.clear();
        }

        @Override
        protected void release() {
            operations.clear();
        }

        @Override
        protected long footprintBytes() {
            return valueBytes() + 1;
        }
    }
}
