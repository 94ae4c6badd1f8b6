package cordwood.memory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The source of all native memory: takes it from the system in chunks, cuts {@link Region}s of 64
 * KiB granules from them, and gives empty chunks back.
 *
 * <p>Safe for use by any number of threads. A region that needs a new chunk pays for zeroing it; a
 * recycled one costs a short lock.
 */
public final class Chunks implements AutoCloseable {

    /*
     * Invariants, true whenever the lock is free:
     *   1. The idle account plus what regions charge to their owners is exactly the native bytes of
     *      all chunks: native memory is reserved before it is allocated, on the idle account, and
     *      a region moves its granules from there to its owner.
     *   2. No granule belongs to two open regions.
     *
     * Why chunks are large: the C library unmaps an allocation for certain only when it is at least
     * 32 MiB; smaller ones end in heaps it keeps. Why only upkeep closes them: closing a shared
     * arena stops every thread for a moment.
     *
     * The fullest chunk serves first, so that sparse ones run empty.
     */

    /** Regions are charged in multiples of this. */
    public static final int GRANULE_BYTES = Chunk.GRANULE_BYTES;

    private static final Comparator<Chunk> FULLEST_FIRST =
            Comparator.comparingInt(Chunk::freeGranules);

    private final Budget budget;
    private final Account idle;
    private final long chunkBytes;
    private final ChunkSource source;

    /** Whether every region is a chunk of its own, closed with it: a kept segment throws. */
    private final boolean checked;

    private final ReentrantLock lock = new ReentrantLock();

    /** Held while a chunk is allocated, so that threads in want of one do not each take one. */
    private final ReentrantLock growing = new ReentrantLock();

    // Guarded by lock.
    private final List<Chunk> chunks = new ArrayList<>();
    private long chunksOpened;
    private long chunksClosed;
    private final Set<Region> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private boolean closed;

    Chunks(Budget budget, long chunkBytes, boolean checked, ChunkSource source) {
        if (chunkBytes < Chunk.nativeBytes(1)) {
            throw new IllegalArgumentException("chunks of " + chunkBytes + " bytes");
        }
        this.budget = budget;
        this.idle = budget.account("idle");
        this.chunkBytes = chunkBytes;
        this.checked = checked;
        this.source = source;
    }

    /**
     * A region of {@code bytes}, charged to {@code account}.
     *
     * @throws MemoryRefused when neither a chunk nor the budget has room for it
     * @throws IllegalStateException after close
     */
    public Region region(Account account, long bytes) {
        @Nullable Region region = tryRegion(account, bytes);
        if (region == null) {
            throw budget.exceeded(account, bytes);
        }
        return region;
    }

    /** As {@link #region(Account, long)}, waiting for others to give back: back-pressure. */
    public Region region(Account account, long bytes, Duration patience)
            throws InterruptedException {
        @Nullable Region region = budget.await(() -> tryRegion(account, bytes), patience);
        if (region == null) {
            throw budget.exceeded(account, bytes);
        }
        return region;
    }

    /** As {@link #region(Account, long)}, but answers null when the budget has no room. */
    public @Nullable Region tryRegion(Account account, long bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("a region of " + bytes + " bytes");
        }
        int granules = Math.toIntExact((bytes + GRANULE_BYTES - 1) / GRANULE_BYTES);
        if (checked) {
            Chunk own = newChunk(granules, Chunk.nativeBytes(granules));
            return own == null ? null : cut(List.of(own), account, granules, bytes);
        }
        Region region = cut(chunks, account, granules, bytes);
        if (region != null) {
            return region;
        }
        growing.lock();
        try {
            region = cut(chunks, account, granules, bytes);
            while (region == null && newChunk(granules, chunkBytes) != null) {
                region = cut(chunks, account, granules, bytes);
            }
            return region;
        } finally {
            growing.unlock();
        }
    }

    /** Native bytes taken from the system and not yet given back. */
    public long nativeBytes() {
        lock.lock();
        try {
            return chunks.stream().mapToLong(Chunk::nativeBytes).sum();
        } finally {
            lock.unlock();
        }
    }

    /** Regions not yet closed. */
    public int openRegions() {
        lock.lock();
        try {
            return open.size();
        } finally {
            lock.unlock();
        }
    }

    /** Chunks ever taken from the system. */
    public long chunksOpened() {
        lock.lock();
        try {
            return chunksOpened;
        } finally {
            lock.unlock();
        }
    }

    /** Chunks ever given back to the system. */
    public long chunksClosed() {
        lock.lock();
        try {
            return chunksClosed;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Gives chunks back that have been empty for at least {@code grace}.
     *
     * @return how many were given back, at most {@code countMax}
     */
    int closeEmpty(Duration grace, int countMax) {
        int count = 0;
        while (count < countMax) {
            @Nullable Chunk chunk = takeEmpty(grace);
            if (chunk == null || !closeChunk(chunk)) {
                break;
            }
            count++;
        }
        return count;
    }

    void giveBack(Region region) {
        lock.lock();
        try {
            release(region);
            if (checked) {
                chunks.remove(region.chunk);
            }
        } finally {
            lock.unlock();
        }
        if (checked) {
            closeChunk(region.chunk);
        }
    }

    /**
     * Closes what is still open and gives everything back; using a region afterwards throws.
     *
     * @throws IllegalStateException when a system call still uses one; call again
     */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            List.copyOf(open).forEach(region -> region.closeOnce(this::release));
            while (!chunks.isEmpty()) {
                Chunk chunk = chunks.getLast();
                chunk.close();
                chunks.removeLast();
                chunksClosed++;
                idle.release(chunk.nativeBytes());
            }
        } finally {
            lock.unlock();
        }
    }

    private void release(Region region) {
        open.remove(region);
        region.chunk.giveBack(region.firstGranule, region.granules);
        chunks.sort(FULLEST_FIRST);
        budget.transfer(region.account, idle, region.chargedBytes());
    }

    private @Nullable Region cut(
            Collection<Chunk> from, Account account, int granules, long bytes) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("memory is closed");
            }
            for (Chunk chunk : from) {
                int first = chunk.take(granules);
                if (first >= 0) {
                    Region region =
                            new Region(
                                    this,
                                    chunk,
                                    first,
                                    granules,
                                    account,
                                    chunk.slice(first, bytes));
                    budget.transfer(idle, account, region.chargedBytes());
                    open.add(region);
                    chunks.sort(FULLEST_FIRST);
                    return region;
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Adds a chunk of {@code wantedBytes}, or of less when the budget has no room for that, but
     * with room for {@code granules}; answers null when the budget has no room at all.
     */
    private @Nullable Chunk newChunk(int granules, long wantedBytes) {
        long leastBytes = Chunk.nativeBytes(granules);
        long nativeBytes = idle.reserveSome(leastBytes, Math.max(wantedBytes, leastBytes));
        if (nativeBytes == 0) {
            return null;
        }
        Chunk chunk;
        try {
            chunk = source.allocate(nativeBytes);
        } catch (OutOfMemoryError refusal) {
            idle.release(nativeBytes);
            throw new ChunkRefused(nativeBytes, refusal);
        } catch (Throwable failure) {
            idle.release(nativeBytes);
            throw failure;
        }
        lock.lock();
        try {
            chunks.add(chunk);
            chunksOpened++;
        } finally {
            lock.unlock();
        }
        return chunk;
    }

    private @Nullable Chunk takeEmpty(Duration grace) {
        long nowNanos = System.nanoTime();
        lock.lock();
        try {
            for (Chunk chunk : chunks) {
                if (chunk.isEmpty() && nowNanos - chunk.emptySinceNanos() >= grace.toNanos()) {
                    chunks.remove(chunk);
                    return chunk;
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** Closes outside the lock. A chunk that a system call still uses goes back on the list. */
    private boolean closeChunk(Chunk chunk) {
        boolean done = false;
        try {
            chunk.close();
            done = true;
        } catch (IllegalStateException stillUsed) {
            // Tried again at the next upkeep.
        }
        lock.lock();
        try {
            if (done) {
                chunksClosed++;
            } else {
                chunks.add(chunk);
            }
        } finally {
            lock.unlock();
        }
        if (done) {
            idle.release(chunk.nativeBytes());
        }
        return done;
    }
}
