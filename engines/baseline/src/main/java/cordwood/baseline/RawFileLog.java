package cordwood.baseline;

import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import cordwood.memory.Account;
import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.memory.Region;
import cordwood.store.CommitGroup;
import cordwood.store.Metric;
import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import cordwood.store.StoreMetrics;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The one file: a group is gathered in one buffer and written at the end of what was written
 * before, into space that was allocated ahead. Written by the committing step only.
 */
final class RawFileLog implements AutoCloseable {

    private static final int BUFFER_BYTES = 4 << 20;
    private static final long AHEAD_BYTES = 16L << 20;

    private final DiskFile file;
    private final Memory memory;
    private final Account account;
    private final Region region;

    // confined to the committing step
    private final MemorySegment gathered;
    private final ByteBuffer view;
    private int gatheredBytes;
    private long endBytes;
    private long allocatedBytes;

    // written by the committing step, read by anyone
    private final Set<RawFileBatch.StreamKey> streams = ConcurrentHashMap.newKeySet();
    private final AtomicLong writtenBytes = new AtomicLong();
    private final AtomicLong aheadBytes = new AtomicLong(); // zeros: no space of it is used twice
    private final AtomicLong syncCount = new AtomicLong();
    private final AtomicLong syncNanos = new AtomicLong();

    /** Takes over an empty file. */
    RawFileLog(DiskFile file, long memoryBudgetBytes) {
        this.file = file;
        this.memory = Memory.open(MemoryOptions.ofBudget(memoryBudgetBytes));
        this.account = memory.budget().account("group buffer");
        this.region = memory.chunks().region(account, BUFFER_BYTES);
        this.gathered = region.memory();
        this.view = region.buffer();
    }

    void write(CommitGroup group) {
        allocate(group);
        try {
            for (int i = 0; i < group.size(); i++) {
                gather(((RawFileBatch) group.batch(i)).encoded());
            }
            writeGathered();
            if (group.sync()) {
                sync();
            }
        } catch (FileFailure e) {
            throw new StoreException.Failed(String.valueOf(e.getMessage()), Outcome.UNKNOWN, e);
        }
        for (int i = 0; i < group.size(); i++) {
            streams.addAll(((RawFileBatch) group.batch(i)).streams());
        }
    }

    /** Makes room for the group; where there is none the file stays as it was. */
    private void allocate(CommitGroup group) {
        long neededBytes = endBytes;
        for (int i = 0; i < group.size(); i++) {
            neededBytes += ((RawFileBatch) group.batch(i)).encoded().byteSize();
        }
        if (neededBytes <= allocatedBytes) {
            return;
        }
        long targetBytes = Math.ceilDiv(neededBytes, AHEAD_BYTES) * AHEAD_BYTES;
        try {
            file.preallocate(targetBytes);
            allocatedBytes = targetBytes;
            aheadBytes.setRelease(targetBytes);
        } catch (FileFailure e) {
            String message = String.valueOf(e.getMessage());
            throw switch (e.kind()) {
                case NO_SPACE -> new StoreException.Full(message, e);
                case TOO_MANY_OPEN -> new StoreException.Busy(message);
                case MISSING, EXISTS, LOCKED, DENIED, CLOSED, IO ->
                        new StoreException.Failed(message, Outcome.NOT_APPLIED, e);
            };
        }
    }

    private void gather(MemorySegment batch) {
        long taken = 0;
        while (taken < batch.byteSize()) {
            if (gatheredBytes == BUFFER_BYTES) {
                writeGathered();
            }
            long part = Math.min(batch.byteSize() - taken, BUFFER_BYTES - gatheredBytes);
            MemorySegment.copy(batch, taken, gathered, gatheredBytes, part);
            gatheredBytes += (int) part;
            taken += part;
        }
    }

    private void writeGathered() {
        file.write(endBytes, view.clear().limit(gatheredBytes));
        endBytes += gatheredBytes;
        writtenBytes.setRelease(endBytes);
        gatheredBytes = 0;
    }

    private void sync() {
        long startNanos = System.nanoTime();
        file.sync();
        syncNanos.setRelease(syncNanos.getPlain() + System.nanoTime() - startNanos);
        syncCount.setRelease(syncCount.getPlain() + 1);
    }

    /** The streams that were ever written to. */
    Set<RawFileBatch.StreamKey> streams() {
        return streams;
    }

    void report(StoreMetrics.Builder metrics) {
        metrics.set(Metric.FILE_BYTES, writtenBytes.getAcquire() + aheadBytes.getAcquire())
                .set(Metric.WAL_BYTES, writtenBytes.getAcquire())
                .set(Metric.WAL_SYNCS, syncCount.getAcquire())
                .set(Metric.WAL_SYNC_NANOS, syncNanos.getAcquire())
                .set(Metric.OFF_HEAP_BYTES, memory.budget().usedBytes());
    }

    /** Leaves the file with what was written. */
    void cutAllocatedAhead() {
        file.truncate(endBytes);
    }

    @Override
    public void close() {
        try (memory;
                region) {
            file.close();
        }
    }
}
