package cordwood.memory;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Decides how much free memory is kept ready, so that nobody waits for a chunk: a quarter of a
 * chunk, and up to three chunks more for a while after callers have outrun the maker.
 *
 * <p>Not thread-safe: guarded by the lock of {@link Chunks}.
 */
final class ReadyAhead {

    private static final int CHUNKS_MAX = 4;

    /** What is kept ready is at most this part of the budget, but for the last chunk. */
    private static final int BUDGET_PART = 8;

    /** For how long callers must not have outrun the maker before less is kept ready. */
    private static final long OUTRUN_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** For how long nobody must have been short of memory before some is kept ready again. */
    private static final long SHORT_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** For how long nobody must have taken anything before nothing is kept ready. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final long capBytes;
    private final long chunkBytes;
    private final int chunkGranules;
    private final int chunksMax;
    private final LongSupplier nanoClock;
    private int chunks = 1;
    private long waits;
    private long waitNanos;
    private long outrunNanos;
    private long takenNanos;
    private long shortNanos;

    ReadyAhead(long capBytes, long chunkBytes, LongSupplier nanoClock) {
        this.capBytes = capBytes;
        this.chunkBytes = chunkBytes;
        this.chunkGranules = Chunk.granulesIn(chunkBytes);
        this.chunksMax =
                (int) Math.clamp(capBytes / BUDGET_PART / chunkBytes, 1L, (long) CHUNKS_MAX);
        this.nanoClock = nanoClock;
        this.outrunNanos = nanoClock.getAsLong();
        this.takenNanos = outrunNanos - QUIET_NANOS;
        this.shortNanos = outrunNanos - SHORT_NANOS;
    }

    /** Somebody had to wait for a chunk: was it one that might have been ready? */
    void waited(long nanos, boolean outran) {
        waits++;
        waitNanos += nanos;
        if (outran) {
            outrunNanos = nanoClock.getAsLong();
            chunks = Math.min(chunks + 1, chunksMax);
        }
    }

    /** How often somebody waited. */
    long waits() {
        return waits;
    }

    /** For how long all waited together. */
    long waitNanos() {
        return waitNanos;
    }

    /** Somebody is about to be refused. */
    void fallShort() {
        shortNanos = nanoClock.getAsLong();
    }

    /** Somebody took granules. */
    void taken() {
        takenNanos = nanoClock.getAsLong();
    }

    /**
     * Whether one chunk more is wanted, with so many granules free and budget left: none is for
     * those who have taken nothing lately.
     */
    boolean wants(long freeGranules, long budgetBytes) {
        return freeGranules < lowGranules()
                && budgetBytes - chunkBytes >= capBytes / BUDGET_PART
                && nanoClock.getAsLong() - shortNanos >= SHORT_NANOS
                && !isQuiet();
    }

    /** Whether the budget is worth a look: this many free ones are fewer than should be ready. */
    boolean isLow(long freeGranules) {
        return freeGranules < lowGranules();
    }

    /**
     * Whether an empty chunk can go, with so many granules free without it. More than {@link
     * #wants} asks for, so that a steady load does not take and give back the same chunk for ever;
     * but nothing is kept for those who have taken nothing lately.
     */
    boolean isPlenty(long freeGranules) {
        return isQuiet() || freeGranules >= lowGranules() + chunkGranules / 4;
    }

    private boolean isQuiet() {
        return nanoClock.getAsLong() - takenNanos >= QUIET_NANOS;
    }

    private long lowGranules() {
        if (chunks > 1 && nanoClock.getAsLong() - outrunNanos >= OUTRUN_NANOS) {
            chunks = 1;
        }
        return (chunks - 1L) * chunkGranules + Math.max(1, chunkGranules / 4);
    }
}
