package cordwood.store;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Puts, trims and stream attributes that are handed to a store together. Each engine encodes into
 * its own form as the calls are made, so a value is copied once and may be reused as soon as the
 * call returns.
 *
 * <p>Belongs to one thread at a time: a call while another thread's is under way throws {@link
 * StoreException.Invalid}, and changes nothing. Between hand-over and completion of its commit it
 * belongs to the store: every method that changes it or closes it throws {@link
 * StoreException.Invalid}.
 */
public abstract class WriteBatch implements AutoCloseable {

    /** Highest attribute identity; 0 is the lowest. */
    public static final int ATTRIBUTE_ID_MAX = 254;

    private static final MemorySegment NOTHING = MemorySegment.ofArray(new byte[0]);

    private static final long NOBODY = 0;
    private static final VarHandle USER;

    static {
        try {
            USER = MethodHandles.lookup().findVarHandle(WriteBatch.class, "user", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final StoreLimits limits;

    /**
     * The thread whose call is under way. Given back by a plain store: that is no call, and so
     * comes to pass at the end of a stack, too. The fence before it puts the changes first.
     */
    private long user = NOBODY;

    private int operationCount;
    private int recordCount;
    private long valueBytes;
    private int trimCount;
    private boolean closed;
    private @Nullable Commit commit;
    private @Nullable Commit condition;

    /** For engines: a batch that enforces {@code limits}. */
    protected WriteBatch(StoreLimits limits) {
        this.limits = limits;
    }

    /** Adds a record; {@code value} is copied. */
    public final void put(Space space, long stream, long position, MemorySegment value) {
        put(space, stream, position, NOTHING, value);
    }

    /** Adds a record whose value is {@code head} followed by {@code body}; both are copied. */
    public final void put(
            Space space, long stream, long position, MemorySegment head, MemorySegment body) {
        Objects.requireNonNull(space, "space");
        long bytes = sum(head.byteSize(), body.byteSize());
        beginUse();
        try {
            admit(bytes);
            encodePut(space, stream, position, head, body);
            operationCount++;
            recordCount++;
            valueBytes += bytes;
            VarHandle.releaseFence();
        } finally {
            user = NOBODY;
        }
    }

    /**
     * Hides every position of a stream up to and including {@code to}.
     *
     * @param to above {@link StreamBounds#NEVER_TRIMMED}
     */
    public final void trim(Space space, long stream, long to) {
        Objects.requireNonNull(space, "space");
        if (to == StreamBounds.NEVER_TRIMMED) {
            throw new StoreException.Invalid(
                    "a trim to %d would mean that nothing was trimmed".formatted(to));
        }
        beginUse();
        try {
            admit(0);
            encodeTrim(space, stream, to);
            operationCount++;
            trimCount++;
            VarHandle.releaseFence();
        } finally {
            user = NOBODY;
        }
    }

    /**
     * Sets an attribute of a stream; {@code value} is copied.
     *
     * @param id 0 to {@link #ATTRIBUTE_ID_MAX}
     */
    public final void attribute(Space space, long stream, int id, MemorySegment value) {
        Objects.requireNonNull(space, "space");
        requireAttributeId(id);
        long bytes = value.byteSize();
        beginUse();
        try {
            admit(bytes);
            encodeAttribute(space, stream, id, value);
            operationCount++;
            valueBytes += bytes;
            VarHandle.releaseFence();
        } finally {
            user = NOBODY;
        }
    }

    /**
     * For engines: refuses an attribute identity out of range.
     *
     * @throws StoreException.Invalid when {@code id} is outside 0 to {@link #ATTRIBUTE_ID_MAX}
     */
    public static void requireAttributeId(int id) {
        if (id < 0 || id > ATTRIBUTE_ID_MAX) {
            throw new StoreException.Invalid(
                    "attribute id " + id + " is outside 0 to " + ATTRIBUTE_ID_MAX);
        }
    }

    /**
     * Lets the batch fail with the failure of an earlier commit of the same store, unapplied, where
     * that one fails. So records appended one after the other, without waiting in between, leave no
     * hole when one of them is refused. With another store's commit the batch is refused when it is
     * appended.
     */
    public final void onlyAfter(Commit earlier) {
        Objects.requireNonNull(earlier, "earlier");
        beginUse();
        try {
            requireNotAppended();
            condition = earlier;
            VarHandle.releaseFence();
        } finally {
            user = NOBODY;
        }
    }

    /** Empties the batch for reuse. */
    public final void clear() {
        beginUse();
        try {
            requireMine();
            reset();
            commit = null;
            condition = null;
            operationCount = 0;
            recordCount = 0;
            valueBytes = 0;
            trimCount = 0;
            VarHandle.releaseFence();
        } finally {
            user = NOBODY;
        }
    }

    /** Records put so far. */
    public final int recordCount() {
        return recordCount;
    }

    /** Records, trims and attributes added so far. */
    public final int operationCount() {
        return operationCount;
    }

    /** Bytes of the values added so far, without keys and framing. */
    public final long valueBytes() {
        return valueBytes;
    }

    /** Whether the batch holds a trim, and so must be synced before it completes. */
    public final boolean hasTrims() {
        return trimCount > 0;
    }

    /** Whether it does nothing but trim, which frees space and needs hardly any. */
    public final boolean isTrimOnly() {
        return trimCount > 0 && trimCount == operationCount;
    }

    /** Frees the batch. Idempotent; refused while its commit is under way. */
    @Override
    public final void close() {
        beginUse();
        try {
            if (!closed) {
                requireMine();
                closed = true;
                condition = null;
                release();
            }
            VarHandle.releaseFence();
        } finally {
            user = NOBODY;
        }
    }

    /** For engines: encodes a record. Limits and ownership have been checked. */
    protected abstract void encodePut(
            Space space, long stream, long position, MemorySegment head, MemorySegment body);

    /** For engines: encodes a trim. */
    protected abstract void encodeTrim(Space space, long stream, long to);

    /** For engines: encodes an attribute. */
    protected abstract void encodeAttribute(Space space, long stream, int id, MemorySegment value);

    /** For engines: what {@link #endEncoding} does. */
    protected void encodeEnd() {}

    /** For engines: forgets everything encoded. */
    protected abstract void reset();

    /** For engines: frees the encoding's memory. Called once. */
    protected abstract void release();

    /** For engines: memory that a commit of this batch keeps in use, in bytes, at least 1. */
    protected abstract long footprintBytes();

    /**
     * Takes the batch over from its caller; the committer calls this before it publishes the
     * commit.
     */
    final void handOver(Commit to, GroupCommitter by) {
        beginUse();
        try {
            requireAppendable(by);
            commit = to;
            VarHandle.releaseFence();
        } finally {
            user = NOBODY;
        }
    }

    /**
     * For engines: runs {@link #encodeEnd} as one call of this thread.
     *
     * @throws StoreException.Invalid when another thread's call is under way
     */
    protected final void endEncoding() {
        beginUse();
        try {
            encodeEnd();
            VarHandle.releaseFence();
        } finally {
            user = NOBODY;
        }
    }

    private void beginUse() {
        long me = Thread.currentThread().threadId();
        if (user != me && !USER.compareAndSet(this, NOBODY, me)) {
            throw new StoreException.Invalid("the batch is in use by another thread");
        }
    }

    /**
     * Refuses a batch that is closed, empty, under way, or done and not cleared, and one that
     * depends on what is not done by the same committer.
     */
    final void requireAppendable(GroupCommitter by) {
        requireNotAppended();
        if (operationCount == 0) {
            throw new StoreException.Invalid(
                    "the batch is empty: add a put, a trim or an attribute");
        }
        Commit earlier = condition;
        if (earlier != null && !earlier.isOf(by)) {
            throw new StoreException.Invalid("the batch depends on a commit of another store");
        }
    }

    /** Why the batch must not be applied: the failure of the commit it depends on, or null. */
    final @Nullable StoreException unmetCondition() {
        return condition == null ? null : condition.failure();
    }

    /** Gives the batch back unchanged after a refused admission. */
    final void handBack() {
        commit = null;
    }

    /** As much as fits in a number: more than any limit. */
    private static long sum(long bytes, long more) {
        return bytes > Long.MAX_VALUE - more ? Long.MAX_VALUE : bytes + more;
    }

    private void requireNotAppended() {
        requireMine();
        if (commit != null) {
            throw new StoreException.Invalid("the batch was appended already: clear it first");
        }
    }

    private void admit(long bytes) {
        requireNotAppended();
        if (bytes > limits.recordBytesMax()) {
            throw new StoreException.Invalid(
                    "a value of %,d bytes is over the limit of %,d"
                            .formatted(bytes, limits.recordBytesMax()));
        }
        if (bytes > limits.batchBytesMax() - valueBytes) {
            throw new StoreException.Invalid(
                    "the batch would hold %,d bytes, over the limit of %,d"
                            .formatted(sum(valueBytes, bytes), limits.batchBytesMax()));
        }
        if (operationCount >= limits.batchRecordsMax()) {
            throw new StoreException.Invalid(
                    "the batch holds %,d entries, the limit".formatted(operationCount));
        }
    }

    private void requireMine() {
        if (closed) {
            throw new StoreException.Closed("the batch is closed");
        }
        Commit pending = commit;
        if (pending != null && !pending.isDone()) {
            throw new StoreException.Invalid(
                    "the batch belongs to the store until its commit is done");
        }
    }
}
