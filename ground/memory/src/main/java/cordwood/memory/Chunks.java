package cordwood.memory;

import cordwood.memory.stack.StackRoom;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The source of all native memory: takes it from the system in chunks, cuts {@link Region}s of 64
 * KiB granules from them, and gives empty chunks back.
 *
 * <p>Safe for use by any number of threads. A region costs a short lock while there is room in a
 * chunk. A new chunk is made by one thread, ahead of need if it can; who is faster than that waits
 * for it, up to a minute. A region that needs at least 32 MiB of its own is made by its caller.
 */
public final class Chunks implements AutoCloseable {

    /*
     * Invariants, true whenever the lock is free:
     *   1. The idle account plus what regions charge to their owners is the native bytes of all
     *      chunks and of those being made: native memory is reserved before it is allocated, on the
     *      idle account, and a region moves its granules from there to its owner.
     *   2. No granule belongs to two open regions.
     *   3. A chunk is on the shelf or being closed by one thread, which puts it back if it cannot.
     *   4. What was reserved for an order belongs to the order until a chunk is made of it.
     *
     * Errors: public methods ask for room on the stack first; then everything is allocated; then
     * fields change without an allocation. The lock is never held while a chunk is made or closed.
     *
     * Why those who empty chunks do not close them: closing a shared arena stops every thread for a
     * moment.
     */

    /** Regions are charged in multiples of this. */
    public static final int GRANULE_BYTES = Chunk.GRANULE_BYTES;

    /** How long is waited for a chunk to be made, or for others to be done with one. */
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Budget budget;
    private final Account idle;
    private final int chunkGranules;

    /** Whether every region is a chunk of its own, closed with it: a kept segment throws. */
    private final boolean checked;

    private final Object lock = new Object();

    private final ChunkStock stock;
    private final ChunkShelf shelf;
    private final ChunkOrders orders;

    // Guarded by lock.
    private final OpenRegions open = new OpenRegions();

    /**
     * Regions closed where the stack had no room for it; a field, so that storing needs no call.
     */
    private @Nullable Region firstLate;

    private int lateCount;

    Chunks(Budget budget, long chunkBytes, boolean checked, ChunkSource source) {
        if (chunkBytes < Chunk.nativeBytes(1)) {
            throw new IllegalArgumentException("chunks of " + chunkBytes + " bytes");
        }
        this.budget = budget;
        this.idle = budget.idleAccount();
        this.chunkGranules = Chunk.granulesIn(chunkBytes);
        this.checked = checked;
        this.stock = new ChunkStock(lock, budget, idle);
        this.shelf = stock.shelf;
        this.orders = new ChunkOrders(lock, budget, stock, chunkBytes, checked, source);
        budget.reclaimers().add(this::giveBackEmpty);
    }

    /** Has chunks made by a thread of their own from now on, instead of by who wants one. */
    void startMaker() {
        orders.start(new ChunkMaker(orders, budget.failures()));
    }

    /**
     * A region of {@code bytes}, charged to {@code account}. Before it is refused, everybody is
     * asked for what he does not use: so hold no lock that a {@link Reclaimer} takes.
     *
     * @throws MemoryRefused when neither a chunk nor the budget has room for it, or the system
     *     refuses a chunk
     * @throws IllegalArgumentException when there is no such size, or the account is not one of
     *     this budget or that of the memory itself
     * @throws IllegalStateException after close
     */
    public Region region(Account account, long bytes) {
        StackRoom.require();
        account.requireUsable(budget);
        Region region = null;
        try {
            if (granules(bytes) > 0) {
                region = findAsking(account, bytes);
            }
        } catch (ChunkRefused refusal) {
            budget.countRefusal();
            throw refusal;
        }
        if (region == null) {
            throw refused(account, bytes);
        }
        return region;
    }

    /**
     * As {@link #region(Account, long)}, waiting for others to give back: back-pressure. While one
     * waits, newcomers are refused what would take from the first in line. When the system refuses
     * a chunk, it is asked again now and then.
     *
     * @throws BudgetExceeded when {@code patience} ran out, or at once when it can never fit
     * @throws ChunkRefused when {@code patience} ran out and the system refused last
     */
    public Region region(Account account, long bytes, Duration patience)
            throws InterruptedException {
        StackRoom.require();
        account.requireUsable(budget);
        int granules = granules(bytes);
        Region region = null;
        if (granules > 0) {
            long wishBytes = Chunk.nativeBytes(granules);
            Waiter waiter = new Waiter(wishBytes, granules, patience);
            region = budget.await(waiter, w -> findPatiently(account, bytes, w));
            ChunkRefused refusal = waiter.refusal;
            if (region == null && refusal != null) {
                budget.countRefusal();
                throw refusal;
            }
        }
        if (region == null) {
            throw refused(account, bytes);
        }
        return region;
    }

    /**
     * As {@link #region(Account, long)}, but answers null when the budget has no room; before that
     * empty chunks are given back, but nobody else is asked.
     *
     * @throws ChunkRefused when the system refuses a chunk
     * @throws IllegalStateException after close
     */
    public @Nullable Region tryRegion(Account account, long bytes) {
        StackRoom.require();
        account.requireUsable(budget);
        Region region;
        try {
            region = granules(bytes) > 0 ? find(account, bytes, null) : null;
        } catch (ChunkRefused refusal) {
            budget.countRefusal();
            throw refusal;
        }
        if (region == null) {
            requireOpen();
            budget.countRefusal();
        }
        return region;
    }

    /** Refuses an account that no region can be charged to. */
    void requireUsable(Account account) {
        account.requireUsable(budget);
    }

    /** Native bytes taken from the system and not yet given back. */
    public long nativeBytes() {
        return stock.nativeBytes();
    }

    /** Regions not yet closed. */
    public int openRegions() {
        synchronized (lock) {
            return open.count() - lateCount;
        }
    }

    /** Chunks ever taken from the system. */
    public long chunksOpened() {
        return stock.opened();
    }

    /** Chunks ever given back to the system. */
    public long chunksClosed() {
        return stock.closed();
    }

    /** Chunks made by a thread that wanted a region. */
    public long callerChunks() {
        return orders.callerChunks();
    }

    /** How often somebody waited for a chunk to be made. */
    public long makerWaits() {
        return orders.waits();
    }

    /** For how long all who waited for a chunk waited together. */
    public long makerWaitNanos() {
        return orders.waitNanos();
    }

    /**
     * Gives chunks back that have been empty for at least {@code grace}, but for what is kept ready
     * while something is in use. In checked memory an empty chunk is one that could not be closed
     * with its region: no grace is given, and none is kept.
     *
     * @return how many were given back, at most {@code countMax}
     */
    int closeEmpty(Duration grace, int countMax) {
        StackRoom.require();
        int count = 0;
        while (count < countMax) {
            Chunk chunk = detachUnwanted(System.nanoTime() - grace.toNanos());
            if (chunk == null || !stock.close(chunk)) {
                break;
            }
            count++;
        }
        return count;
    }

    void giveBack(Region region) {
        try {
            StackRoom.require();
        } catch (StackOverflowError noRoom) {
            giveBackLate(region);
            return;
        }
        Chunk empty = null;
        synchronized (lock) {
            releaseLate();
            if (region.closed) {
                return;
            }
            release(region);
            if (checked && region.chunk.isEmpty()) {
                empty = region.chunk;
                stock.detach(empty);
            }
        }
        if (empty != null) {
            stock.close(empty);
        }
    }

    /** Only stores: the next who holds the lock with room on the stack does the rest. */
    private void giveBackLate(Region region) {
        synchronized (lock) {
            if (!region.closed) {
                region.closed = true;
                region.nextLate = firstLate;
                firstLate = region;
                lateCount++;
            }
        }
    }

    void shrink(Region region, long bytes) {
        StackRoom.require();
        synchronized (lock) {
            if (region.closed) {
                throw region.closedAlready();
            }
            if (bytes <= 0 || bytes > region.sizeBytes()) {
                throw new IllegalArgumentException("shrink to " + bytes + " bytes");
            }
            int kept = granules(bytes);
            int given = region.granules - kept;
            MemorySegment memory = region.memory.asSlice(0, bytes);
            budget.discharge(region.account, idle, given * (long) GRANULE_BYTES);
            if (given > 0) {
                shelf.giveBack(region.chunk, region.firstGranule + kept, given);
            }
            region.granules = kept;
            region.memory = memory;
        }
    }

    /**
     * Refuses new regions, waits for chunks being made, closes what is still open and gives
     * everything back; using a region afterwards throws. What an account reserved without a region
     * stays its owner's to release. May be called again.
     *
     * @throws IllegalStateException when a system call still uses one, or a chunk is still being
     *     made after a minute: everything else was given back; call again
     */
    @Override
    public void close() {
        StackRoom.require();
        orders.close();
        budget.endWaiting();
        Waits.until(lock, WAIT_NANOS, () -> !orders.areUnderWay() && stock.leaving() == 0);
        synchronized (lock) {
            releaseLate();
            for (Region region = open.first(); region != null; region = open.first()) {
                release(region);
            }
        }
        stock.closeEmpty();
        Waits.until(lock, WAIT_NANOS, () -> stock.leaving() == 0);
        long leftBytes = nativeBytes();
        long regionBytes = budget.regionBytes();
        if (leftBytes != 0 || regionBytes != 0) {
            throw new IllegalStateException(
                    "%d bytes are still in use by a system call or being made, %d charged"
                            .formatted(leftBytes, regionBytes));
        }
    }

    /** As {@link #find}; before the budget or the system refuse, everybody is asked. */
    private @Nullable Region findAsking(Account account, long bytes) {
        try {
            Region region = find(account, bytes, null);
            if (region != null) {
                return region;
            }
        } catch (ChunkRefused refusal) {
            if (refusal.getCause() == null) {
                throw refusal; // Waiting once more would take as long again.
            }
        }
        budget.askReclaimers();
        return find(account, bytes, null);
    }

    /** As {@link #find}; a refusal of the system is kept with the waiter and not final. */
    private @Nullable Region findPatiently(Account account, long bytes, Waiter waiter) {
        waiter.refusal = null;
        try {
            return find(account, bytes, waiter);
        } catch (ChunkRefused refusal) {
            waiter.refusal = refusal;
            return null;
        }
    }

    private @Nullable Region find(Account account, long bytes, @Nullable Waiter waiter) {
        int granules = granules(bytes);
        boolean own = checked || granules > chunkGranules;
        long leastBytes = Chunk.nativeBytes(granules);
        long deadlineNanos = System.nanoTime() + WAIT_NANOS;
        while (true) {
            Region region = checked ? null : cut(account, granules, bytes, waiter);
            if (region != null) {
                return region;
            }
            ChunkOrder order = new ChunkOrder(account, granules);
            ChunkOrder placed = orders.place(order, own, leastBytes, waiter);
            if (placed == null) {
                if (!makeRoom(leastBytes, waiter, deadlineNanos)) {
                    return null;
                }
            } else if (placed == order) {
                region = collect(order, account, bytes, deadlineNanos);
                if (region != null) {
                    return region;
                }
            } else {
                orders.join(placed, outruns(granules), deadlineNanos);
            }
        }
    }

    /** Cuts a region from a chunk that is there. */
    private @Nullable Region cut(
            Account account, int granules, long bytes, @Nullable Waiter waiter) {
        Region region;
        ChunkMaker woken;
        synchronized (lock) {
            orders.requireOpen();
            releaseLate();
            Chunk chunk = stock.find(granules, waiter);
            if (chunk == null) {
                return null;
            }
            int first = chunk.find(granules);
            MemorySegment memory = chunk.slice(first, bytes);
            region = new Region(this, chunk, first, granules, account, memory);
            budget.charge(idle, account, granules * (long) GRANULE_BYTES);
            shelf.take(chunk, first, granules);
            open.add(region);
            if (waiter != null) {
                budget.served(waiter);
            }
            woken = orders.makerIfLow();
        }
        if (woken != null) {
            woken.wake();
        }
        return region;
    }

    /** Has an order made, or waits for it; null when the system refused but may not again. */
    private @Nullable Region collect(
            ChunkOrder order, Account account, long bytes, long deadlineNanos) {
        Region region = null;
        try {
            orders.collect(order, outruns(order.granules), deadlineNanos);
            Chunk chunk = order.chunk;
            if (chunk != null) {
                int first = order.firstGranule;
                MemorySegment memory = chunk.slice(first, bytes);
                region = new Region(this, chunk, first, order.granules, account, memory);
            }
        } finally {
            region = settle(order, region);
        }
        if (region == null) {
            explain(order);
        }
        return region;
    }

    private @Nullable Region settle(ChunkOrder order, @Nullable Region region) {
        synchronized (lock) {
            Region kept = orders.isClosed() ? null : region;
            orders.end(order, kept != null);
            if (kept != null) {
                open.add(kept);
            }
            return kept;
        }
    }

    /** Whether who waits for a region of that size might have found one ready. */
    private boolean outruns(int granules) {
        return nativeBytes() > 0 && !checked && granules <= chunkGranules;
    }

    /** Throws what came of an order without a region; returns when it is worth another try. */
    private void explain(ChunkOrder order) {
        requireOpen();
        orders.requireDone(order);
        switch (order.refusal) {
            case OutOfMemoryError refusal -> {
                if (!giveBackEmpty()) {
                    throw new ChunkRefused(order.nativeBytes, refusal);
                }
            }
            case RuntimeException failure -> throw failure;
            case Error failure -> throw failure;
            case null, default ->
                    throw new ChunkRefused("no chunk of " + order.nativeBytes + " bytes");
        }
    }

    /**
     * Gives empty chunks back until the budget has room for so much; gives none back when that
     * would not be enough. Answers whether there is room now.
     */
    private boolean makeRoom(long bytes, @Nullable Waiter waiter, long deadlineNanos) {
        long stuckBytes = 0;
        while (System.nanoTime() - deadlineNanos < 0) {
            Chunk chunk;
            synchronized (lock) {
                orders.requireOpen();
                orders.fallShort();
                long freeBytes = budget.freeBytes(waiter);
                if (freeBytes >= bytes) {
                    return true;
                }
                if (freeBytes + shelf.emptyBytes() - stuckBytes + orders.comingBytes() < bytes) {
                    return false;
                }
                chunk = stock.detachOldest();
            }
            if (chunk == null) {
                if (!orders.awaitComing(bytes, waiter, deadlineNanos)) {
                    return false;
                }
            } else if (!stock.close(chunk)) {
                stuckBytes += chunk.nativeBytes();
            }
        }
        return false;
    }

    /**
     * As {@link Reclaimer}: gives all empty chunks back. Answers whether there were any. What is
     * about to be free is waited for, since it is nobody's: what was when asked, and what others
     * took off the shelf to close it.
     */
    private boolean giveBackEmpty() {
        StackRoom.require();
        synchronized (lock) {
            releaseLate();
            orders.fallShort();
        }
        long deadlineNanos = System.nanoTime() + WAIT_NANOS;
        awaitAllComing(deadlineNanos);
        boolean some = stock.closeEmpty();
        awaitAllComing(deadlineNanos);
        return some;
    }

    private void awaitAllComing(long deadlineNanos) {
        if (orders.comingBytes() > 0) {
            orders.awaitComing(Long.MAX_VALUE, null, deadlineNanos);
        }
    }

    private void requireOpen() {
        synchronized (lock) {
            orders.requireOpen();
        }
    }

    // From here on: called with the lock held.

    private void release(Region region) {
        budget.discharge(region.account, idle, region.chargedBytes());
        shelf.giveBack(region.chunk, region.firstGranule, region.granules);
        open.remove(region);
        region.closed = true;
    }

    private void releaseLate() {
        for (Region late = firstLate; late != null; late = firstLate) {
            firstLate = late.nextLate;
            lateCount--;
            release(late);
        }
    }

    private @Nullable Chunk detachUnwanted(long emptiedBeforeNanos) {
        synchronized (lock) {
            releaseLate();
            Chunk chunk = shelf.oldestEmpty();
            if (chunk == null) {
                return null;
            }
            if (!checked && chunk.emptySinceNanos() - emptiedBeforeNanos > 0) {
                return null;
            }
            if (chunk.granules() <= chunkGranules && orders.keepsReady(chunk)) {
                return null;
            }
            stock.detach(chunk);
            return chunk;
        }
    }

    /** How many granules hold so many bytes; 0 when the budget can never have room for them. */
    private int granules(long bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("a region of " + bytes + " bytes");
        }
        if (bytes > budget.capBytes()) {
            return 0;
        }
        long granules = (bytes - 1) / GRANULE_BYTES + 1;
        boolean fits =
                granules <= Integer.MAX_VALUE && Chunk.nativeBytes(granules) <= budget.capBytes();
        return fits ? (int) granules : 0;
    }

    private BudgetExceeded refused(Account account, long bytes) {
        requireOpen();
        budget.countRefusal();
        return budget.exceeded(account, bytes);
    }
}
