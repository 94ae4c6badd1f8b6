package cordwood.memory;

import org.jspecify.annotations.Nullable;

/**
 * The chunks on order, made when somebody wants one or ahead of need: who makes them, and who waits
 * for them.
 *
 * <p>Safe for use by any number of threads. Its lock is that of {@link Chunks}, and is never held
 * while a chunk is made.
 */
final class ChunkOrders {

    /** What a caller finds when memory has become free since it looked. */
    private static final ChunkOrder LOOK_AGAIN = ChunkOrder.done();

    private final Object lock;
    private final Budget budget;
    private final Account idle;
    private final ChunkStock stock;
    private final ChunkShelf shelf;
    private final long chunkBytes;
    private final boolean checked;
    private final ChunkSource source;

    // Guarded by lock.
    private final ReadyAhead readyAhead;
    private @Nullable ChunkMaker maker;
    private final OrderLine line = new OrderLine();

    /** The chunk on order that many may use: whoever wants one waits for it. */
    private @Nullable ChunkOrder shared;

    private int making;
    private int collecting;
    private boolean closed;
    private long callerChunks;

    ChunkOrders(
            Object lock,
            Budget budget,
            ChunkStock stock,
            long chunkBytes,
            boolean checked,
            ChunkSource source) {
        this.lock = lock;
        this.budget = budget;
        this.idle = budget.idleAccount();
        this.stock = stock;
        this.shelf = stock.shelf;
        this.chunkBytes = chunkBytes;
        this.checked = checked;
        this.source = source;
        this.readyAhead = new ReadyAhead(budget.capBytes(), chunkBytes, System::nanoTime);
    }

    /** Has chunks made by that thread from now on, instead of by who wants one. */
    void start(ChunkMaker started) {
        started.start();
        synchronized (lock) {
            maker = started;
        }
    }

    /** Chunks made by a thread that wanted a region. */
    long callerChunks() {
        synchronized (lock) {
            return callerChunks;
        }
    }

    /** How often somebody waited for a chunk. */
    long waits() {
        synchronized (lock) {
            return readyAhead.waits();
        }
    }

    /** For how long all who waited for a chunk waited together. */
    long waitNanos() {
        synchronized (lock) {
            return readyAhead.waitNanos();
        }
    }

    /** The next chunk to make, on the maker's thread; null when there is nothing to do. */
    @Nullable ChunkOrder next() {
        synchronized (lock) {
            ChunkOrder order = poll();
            if (order != null || !wantsAhead()) {
                return order;
            }
        }
        ChunkOrder ahead = new ChunkOrder(null, 0);
        synchronized (lock) {
            ChunkOrder order = poll();
            if (order != null || !wantsAhead()) {
                return order;
            }
            ahead.nativeBytes = budget.take(idle, chunkBytes, chunkBytes, null);
            if (ahead.nativeBytes == 0) {
                return null;
            }
            shared = ahead;
            making++;
            return ahead;
        }
    }

    /** Makes the chunk of an order that {@link #making} counts, with no lock held. */
    void make(ChunkOrder order) {
        Chunk chunk = null;
        Throwable refusal = null;
        try {
            chunk = source.allocate(order.nativeBytes);
        } catch (Throwable failure) {
            refusal = failure;
        }
        synchronized (lock) {
            making--;
            if (chunk == null) {
                budget.release(idle, order.nativeBytes);
                readyAhead.fallShort();
            } else {
                stock.add(chunk);
                if (order.account != null && !order.abandoned && !closed) {
                    cutFor(order, chunk, order.account);
                }
            }
            finish(order, refusal);
        }
        if (refusal != null && order.account == null) {
            budget.failures().record(refusal); // Nobody else hears of it.
        }
    }

    /**
     * Reserves what an order needs and puts it where it will be made. Answers the order, which is
     * to be collected then and ended; or another one to wait for; or null when the budget has no
     * room.
     *
     * @param own whether nobody else may use the chunk
     */
    @Nullable ChunkOrder place(
            ChunkOrder order, boolean own, long leastBytes, @Nullable Waiter waiter) {
        synchronized (lock) {
            requireOpen();
            if (!own && shared != null) {
                return shared;
            }
            if (!own && stock.find(order.granules, waiter) != null) {
                return LOOK_AGAIN;
            }
            long mostBytes = own ? leastBytes : Math.max(chunkBytes, leastBytes);
            boolean byCaller = maker == null || (own && leastBytes >= ChunkSource.MAPPED_BYTES_MIN);
            order.byCaller = byCaller;
            order.nativeBytes = budget.take(idle, leastBytes, mostBytes, waiter);
            if (order.nativeBytes == 0) {
                return null;
            }
            if (!own) {
                shared = order;
            }
            collecting++;
            if (byCaller) {
                making++;
                callerChunks++;
            } else {
                line.append(order);
            }
            return order;
        }
    }

    /** Has the chunk of one's own order made, or waits for it. */
    void collect(ChunkOrder order, boolean outran, long deadlineNanos) {
        if (order.byCaller) {
            make(order);
        } else {
            awaitMade(order, outran, deadlineNanos);
        }
    }

    /**
     * Ends the part of the one who placed an order: nothing of it is without an owner after it.
     * With the lock held.
     *
     * @param used whether the granules cut for it have another owner now
     */
    void end(ChunkOrder order, boolean used) {
        Chunk chunk = order.chunk;
        Account account = order.account;
        collecting--;
        if (!order.done) {
            abandon(order);
        } else if (chunk != null && account != null && !used) {
            budget.discharge(account, idle, order.granules * (long) Chunks.GRANULE_BYTES);
            shelf.giveBack(chunk, order.firstGranule, order.granules);
        }
        lock.notifyAll();
    }

    /** Waits for a chunk that somebody else ordered. */
    void join(ChunkOrder other, boolean outran, long deadlineNanos) {
        if (other == LOOK_AGAIN) {
            return;
        }
        awaitMade(other, outran, deadlineNanos);
        synchronized (lock) {
            requireOpen();
        }
        requireDone(other);
        if (other.account != null && other.refusal instanceof OutOfMemoryError refusal) {
            throw new ChunkRefused(other.nativeBytes, refusal);
        }
    }

    /** Throws when an order was waited for in vain. */
    void requireDone(ChunkOrder order) {
        if (!order.done) {
            throw new ChunkRefused("no chunk of " + order.nativeBytes + " bytes was made in time");
        }
    }

    /** What is about to be free: chunks being closed, or made ahead of need. */
    long comingBytes() {
        synchronized (lock) {
            ChunkOrder order = shared;
            return order == null || order.account != null
                    ? stock.leavingBytes()
                    : stock.leavingBytes() + order.nativeBytes;
        }
    }

    /**
     * Waits until all that was about to be free at the call is, or so much is. What others begin to
     * close meanwhile is not waited for: they may go on for ever. Answers false at the deadline.
     */
    boolean awaitComing(long bytes, @Nullable Waiter waiter, long deadlineNanos) {
        long lastLeaving;
        ChunkOrder ahead;
        synchronized (lock) {
            lastLeaving = stock.lastLeaving();
            ahead = shared != null && shared.account == null ? shared : null;
        }
        return Waits.until(
                lock,
                deadlineNanos - System.nanoTime(),
                () ->
                        (stock.haveLeft(lastLeaving) && (ahead == null || ahead.done))
                                || budget.freeBytes(waiter) >= bytes);
    }

    /** Refuses new orders, ends those that nobody makes yet, and has the maker end. */
    void close() {
        ChunkMaker ended;
        synchronized (lock) {
            closed = true;
            ended = maker;
            for (ChunkOrder order = poll(); order != null; order = poll()) {
                making--;
                budget.release(idle, order.nativeBytes);
                finish(order, null);
            }
            lock.notifyAll();
        }
        if (ended != null) {
            ended.close();
        }
    }

    // From here on: called with the lock held.

    boolean isClosed() {
        return closed;
    }

    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("memory is closed");
        }
    }

    /** Whether chunks are being made, or are not collected yet. */
    boolean areUnderWay() {
        return making + collecting > 0;
    }

    /** Somebody is about to be refused. */
    void fallShort() {
        readyAhead.fallShort();
    }

    /** Somebody took granules: who is to be woken for that, if anybody. */
    @Nullable ChunkMaker makerIfLow() {
        readyAhead.taken();
        return readyAhead.isLow(shelf.freeGranules()) ? maker : null;
    }

    /** Whether an empty chunk of the usual size is kept ready. */
    boolean keepsReady(Chunk empty) {
        return !checked
                && maker != null
                && shelf.takenGranules() > 0
                && !readyAhead.isPlenty(shelf.freeGranules() - empty.granules());
    }

    private boolean wantsAhead() {
        return !closed
                && !checked
                && shared == null
                && shelf.takenGranules() > 0
                && readyAhead.wants(shelf.freeGranules(), budget.freeBytes(null));
    }

    /** The first order of the line, which counts as being made from now on. */
    private @Nullable ChunkOrder poll() {
        ChunkOrder order = line.poll();
        if (order != null) {
            making++;
        }
        return order;
    }

    private void abandon(ChunkOrder order) {
        order.abandoned = true;
        if (line.remove(order)) {
            budget.release(idle, order.nativeBytes);
            if (order == shared) {
                shared = null;
            }
        }
    }

    private void cutFor(ChunkOrder order, Chunk chunk, Account account) {
        int first = chunk.find(order.granules);
        budget.charge(idle, account, order.granules * (long) Chunks.GRANULE_BYTES);
        shelf.take(chunk, first, order.granules);
        readyAhead.taken();
        order.chunk = chunk;
        order.firstGranule = first;
    }

    private void finish(ChunkOrder order, @Nullable Throwable refusal) {
        if (order == shared) {
            shared = null;
        }
        order.refusal = refusal;
        order.done = true;
        lock.notifyAll();
    }

    // And from here on without.

    private void awaitMade(ChunkOrder order, boolean outran, long deadlineNanos) {
        long startNanos = System.nanoTime();
        ChunkMaker made = wokenMaker();
        Waits.until(
                lock,
                deadlineNanos - startNanos,
                () -> order.done || (made != null && !order.byCaller && !made.isAlive()));
        synchronized (lock) {
            readyAhead.waited(System.nanoTime() - startNanos, outran);
        }
    }

    private @Nullable ChunkMaker wokenMaker() {
        ChunkMaker woken;
        synchronized (lock) {
            woken = maker;
        }
        if (woken != null) {
            woken.wake();
        }
        return woken;
    }
}
