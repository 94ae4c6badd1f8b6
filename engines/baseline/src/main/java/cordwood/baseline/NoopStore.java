package cordwood.baseline;

import cordwood.store.CommitGroup;
import cordwood.store.Cursor;
import cordwood.store.GroupCommitter;
import cordwood.store.Order;
import cordwood.store.Space;
import cordwood.store.StepExecutor;
import cordwood.store.StoreMetrics;
import cordwood.store.StreamBounds;
import cordwood.store.StreamCursor;
import cordwood.store.WriteBatch;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The floor of the harness: takes every batch through the committer, acknowledges it, and keeps
 * nothing. Every read is empty. Thread-safe.
 */
final class NoopStore extends BaselineStore {

    private final AtomicLong checksums;

    NoopStore(GroupCommitter.Limits limits, StepExecutor steps) {
        AtomicLong xor = new AtomicLong();
        super("noop", group -> acknowledge(group, xor), limits, steps);
        checksums = xor;
    }

    /** Only the committing step writes the sum. */
    private static void acknowledge(CommitGroup group, AtomicLong checksums) {
        long xor = checksums.getPlain();
        for (int i = 0; i < group.size(); i++) {
            xor ^= ((NoopBatch) group.batch(i)).checksum();
        }
        checksums.setRelease(xor);
    }

    @Override
    public WriteBatch newBatch() {
        requireOpen();
        return new NoopBatch(this);
    }

    @Override
    public Cursor read(Space space, long stream, long from, long to, Order order) {
        requireOpen();
        return new EmptyCursor(this);
    }

    @Override
    public StreamBounds bounds(Space space, long stream) {
        requireOpen();
        return StreamBounds.empty(StreamBounds.NEVER_TRIMMED);
    }

    @Override
    public @Nullable MemorySegment attribute(Space space, long stream, int id) {
        requireOpen();
        WriteBatch.requireAttributeId(id);
        return null;
    }

    @Override
    public StreamCursor streams(Space space) {
        requireOpen();
        return new ListedStreamCursor(this, List.of());
    }

    @Override
    void report(StoreMetrics.Builder metrics) {
        metrics.engine("batch_crc32c_xor", checksums.getAcquire());
    }

    @Override
    void release() {}
}
