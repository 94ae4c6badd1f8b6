package cordwood.memory.pool;

import cordwood.memory.Account;
import cordwood.memory.HeapRefused;
import cordwood.memory.Memory;
import cordwood.memory.Reclaimer;
import cordwood.memory.SystemRefused;
import cordwood.memory.stack.StackRoom;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * Cells from a {@link NativeAllocator}: every one is an allocation of its own, with a checked
 * handle, and its usable bytes are reserved before it is made.
 *
 * <p>What a stale view touches may have gone back to the system: then the process ends, where a
 * small pool would read another cell's bytes. Checked mode finds that too.
 */
public final class NativePool implements GuardablePool {

    /*
     * Invariant: what the pool has reserved is the bytes that slots of the table hold, of live cells
     * and of those in the making, plus what the stripes have reserved ahead.
     *
     * What was reserved or allocated is in a local variable as soon as the call that did it returns,
     * and in the slot's places until the call that gives it back has returned. So whatever Error
     * comes out of a call, what there is has an owner: he who catches it, or, when giving back fails
     * too, the slot, which is left to the sweep of the next trim. What a library throws has happened
     * before it did anything.
     *
     * Close takes what it finds; an operation under way finds the table closed at its end and gives
     * back what it has itself. Upkeep, and whoever is asked to give back, ends quietly then.
     *
     * A thread's stripe is found by its number. Nothing depends on it: it only keeps threads apart.
     */

    /** How many retired cells a trim frees at most, so that it is short. */
    private static final int RECLAIMED_MAX = 4096;

    private final Memory memory;
    private final NativeAllocator allocator;
    private final MemorySegment addressSpace;
    private final boolean poisoned;
    private final Account account;
    private final PoolBytes poolBytes;
    private final int stripes;
    private final ReservedAhead[] reserved;
    private final HandleSeries series;
    private final AddressTable table;
    private final Retirement retirement;
    private final RetiredCells retired;
    private final SizeHistogram allocs = new SizeHistogram();
    private final SizeHistogram frees = new SizeHistogram();
    private final SizeHistogram resizes = new SizeHistogram();
    private final SizeHistogram remaps = new SizeHistogram();
    private final Runnable upkeep = this::maintain;
    private final Reclaimer reclaimer = this::maintain;
    private volatile Runnable beforeUpkeep = () -> {};

    private NativePool(
            Memory memory, PoolOptions options, NativeAllocator allocator, HandleSeries series) {
        this.memory = memory;
        this.allocator = allocator;
        this.addressSpace = allocator.addressSpace();
        this.poisoned = options.checked();
        this.account = memory.budget().account(allocator.name());
        this.poolBytes = new PoolBytes(account);
        this.stripes = Math.max(1, options.shards());
        this.reserved = new ReservedAhead[stripes];
        for (int i = 0; i < stripes; i++) {
            reserved[i] = new ReservedAhead(poolBytes);
        }
        this.series = series;
        this.table = new AddressTable(series, stripes);
        this.retirement = new Retirement(table, this::freeRetiredNow);
        this.retired = new RetiredCells(memory.epochs(), retirement);
    }

    /**
     * Opens a pool of {@code allocator}'s memory, charged to an account of its name. The shards are
     * the stripes of its handle table, at least one; size classes mean nothing to it.
     */
    public static CellPool open(Memory memory, PoolOptions options, NativeAllocator allocator) {
        NativePool pool = create(memory, options, allocator);
        try {
            CellPool opened = options.checked() ? new CheckedPool(pool) : pool;
            memory.addReclaimer(pool.reclaimer);
            memory.addUpkeep(pool.upkeep);
            return opened;
        } catch (Throwable refused) {
            pool.close();
            throw refused;
        }
    }

    private static NativePool create(
            Memory memory, PoolOptions options, NativeAllocator allocator) {
        HandleSeries series = HandleSeries.open();
        try {
            return new NativePool(memory, options, allocator, series);
        } catch (Throwable refused) {
            series.close(series.firstGeneration());
            throw refused;
        }
    }

    @Override
    public Account account() {
        return account;
    }

    @Override
    public void askReclaimers() {
        memory.askReclaimers();
    }

    @Override
    public boolean isOwn(long handle) {
        return table.isOwn(handle);
    }

    @Override
    public void sendRetiredTo(LongPredicate free) {
        retirement.sendTo(free);
    }

    @Override
    public void beginUpkeepWith(Runnable task) {
        beforeUpkeep = task;
    }

    @Override
    public void requireOpen() {
        table.requireOpen();
    }

    @Override
    public long allocate(int bytes, int alignmentBytes) {
        CellRequest.check(bytes, alignmentBytes);
        table.requireOpen();
        try {
            return allocateOnce(bytes, alignmentBytes);
        } catch (HeapRefused | SystemRefused _) {
            memory.askReclaimers();
            return allocateOnce(bytes, alignmentBytes);
        }
    }

    /** With nothing taken when it is refused. */
    private long allocateOnce(int bytes, int alignmentBytes) {
        int stripe = stripe();
        long wantedBytes = allocator.usableBytesMax(bytes, alignmentBytes);
        int slot = AddressTable.NIL;
        long address = 0;
        long heldBytes = 0;
        boolean isAllocation = false;
        long handle;
        try {
            slot = table.take(stripe);
            reserve(stripe, wantedBytes);
            heldBytes = wantedBytes;
            address = allocator.allocate(bytes, alignmentBytes);
            if (address == 0) {
                throw new SystemRefused(allocator.name(), bytes);
            }
            long usableBytes = Math.min(allocator.usableBytes(address), wantedBytes);
            reserved[stripe].give(wantedBytes - usableBytes);
            heldBytes = usableBytes;
            if (poisoned) {
                addressSpace.asSlice(address, usableBytes).fill(Guards.POISON);
            }
            allocs.add(usableBytes);
            isAllocation = true;
            handle = table.issue(slot, address, usableBytes, alignmentBytes);
        } catch (Throwable refused) {
            undo(slot, address, heldBytes, isAllocation);
            throw refused;
        }
        if (table.closed) {
            endAfterClose(handle);
        }
        return handle;
    }

    @Override
    public void free(long handle) {
        if (handle == 0) {
            table.requireOpen();
        } else {
            freeLive(handle);
        }
    }

    private void freeLive(long handle) {
        reserved[stripe()].settle(); // before, so that it cannot spoil what has been done
        int slot = AddressTable.NIL;
        boolean isCounted = false;
        try {
            slot = table.end(handle);
            frees.add(table.heldBytes(slot));
            isCounted = true;
            giveBack(slot);
        } catch (Throwable failed) {
            if (slot != AddressTable.NIL) {
                table.leaveBehind(slot, isCounted);
                settleAfterClose();
            }
            throw failed;
        }
        settleAfterClose();
    }

    @Override
    public void freeRetired(long handle) {
        StackRoom.require();
        reserved[stripe()].settle();
        giveBackOrLeave(table.endRetired(handle), false);
    }

    @Override
    public void retire(long handle) {
        if (handle == 0) {
            table.requireOpen();
        } else {
            retired.retire(handle);
        }
    }

    @Override
    public long resize(long handle, int bytes) {
        CellRequest.check(bytes, ALIGNMENT_BYTES);
        long oldBytes = table.liveBytes(handle);
        if (bytes <= oldBytes && bytes > oldBytes / 2) {
            resizes.add(oldBytes);
            return handle;
        }
        int alignmentBytes = table.alignmentBytes(handle);
        return alignmentBytes <= ALIGNMENT_BYTES
                ? move(handle, bytes)
                : copy(handle, bytes, alignmentBytes);
    }

    /** The library moves it, or need not; the handle is a new one, of another slot, either way. */
    private long move(long handle, int bytes) {
        try {
            return moveOnce(handle, bytes);
        } catch (HeapRefused | SystemRefused _) {
            memory.askReclaimers();
            return moveOnce(handle, bytes);
        }
    }

    /** With nothing taken, and the old cell as before, when it is refused. */
    private long moveOnce(long handle, int bytes) {
        int stripe = stripe();
        reserved[stripe].settle();
        long wantedBytes = allocator.usableBytesMax(bytes, ALIGNMENT_BYTES);
        int slot = AddressTable.NIL;
        int old = AddressTable.NIL;
        long address = 0;
        long heldBytes = 0;
        boolean isFree = false;
        boolean isAllocation = false;
        long moved;
        try {
            slot = table.take(stripe);
            reserve(stripe, wantedBytes);
            heldBytes = wantedBytes;
            old = table.end(handle);
            long[] places = table.placesOf(old);
            int place = AddressTable.placeOf(old);
            address = allocator.resize(places[place], table.heldBytes(old), bytes);
            if (address == 0) {
                throw new SystemRefused(allocator.name(), bytes);
            }
            places[place] = 0;
            long usableBytes = Math.min(allocator.usableBytes(address), wantedBytes);
            reserved[stripe].give(wantedBytes - usableBytes);
            heldBytes = usableBytes;
            frees.add(table.heldBytes(old));
            isFree = true;
            giveBack(old);
            old = AddressTable.NIL;
            allocs.add(usableBytes);
            isAllocation = true;
            remaps.add(usableBytes);
            moved = table.issue(slot, address, usableBytes, ALIGNMENT_BYTES);
        } catch (Throwable refused) {
            boolean isResumed = false;
            if (old != AddressTable.NIL && address == 0) {
                table.resume(old);
                isResumed = true;
            } else if (old != AddressTable.NIL) {
                table.leaveBehind(old, isFree);
            }
            undo(slot, address, heldBytes, isAllocation);
            if (isResumed && table.closed) {
                endAfterClose(handle);
            }
            throw refused;
        }
        if (table.closed) {
            endAfterClose(moved);
        }
        return moved;
    }

    /** The library would move it to any address. */
    private long copy(long handle, int bytes, int alignmentBytes) {
        long copy = allocate(bytes, alignmentBytes);
        try {
            MemorySegment from = view(handle);
            long keptBytes = Math.min(bytes, from.byteSize());
            MemorySegment.copy(from, 0, view(copy), 0, keptBytes);
            countRemap(cellBytes(copy));
            free(handle);
        } catch (Throwable refused) {
            free(copy);
            throw refused;
        }
        return copy;
    }

    @Override
    public void countRemap(int cellBytes) {
        remaps.add(cellBytes);
    }

    @Override
    public MemorySegment view(long handle) {
        return table.view(handle, addressSpace);
    }

    @Override
    public int cellBytes(long handle) {
        return table.cellBytes(handle);
    }

    @Override
    public LocalPool local() {
        table.requireOpen();
        return new NativeLocal(this);
    }

    @Override
    public void trim() {
        table.requireOpen();
        giveBackUnused();
    }

    /** A tick of upkeep, or somebody short of memory, may meet the pool's close. */
    private void maintain() {
        if (!table.closed) {
            giveBackUnused();
        }
    }

    /** Gives back whatever is not in use: retired, left behind, or reserved ahead. */
    private void giveBackUnused() {
        StackRoom.require();
        try {
            beforeUpkeep.run();
            retired.reclaim(RECLAIMED_MAX);
        } finally {
            table.sweep(this::tryGiveBack);
            drain();
        }
    }

    @Override
    public PoolStats stats() {
        table.requireOpen();
        return new PoolStats(
                allocator.name(),
                0,
                List.of(),
                List.of(),
                new FallbackStats(
                        allocs.counts(), frees.counts(), resizes.counts(), remaps.counts()),
                resizes.counts(),
                remaps.counts(),
                retired.stats(),
                EpochStats.of(memory.epochs()),
                MemoryStats.of(poolBytes.usedBytes(), poolBytes.peakBytes(), memory.budget()));
    }

    @Override
    public List<Leak> leaks() {
        return List.of();
    }

    @Override
    public void close() {
        StackRoom.require();
        memory.removeUpkeep(upkeep);
        memory.removeReclaimer(reclaimer);
        synchronized (retired) {
            table.close();
        }
        int slot = table.endNext(0);
        while (slot != AddressTable.NIL) {
            tryGiveBack(slot, false);
            slot = table.endNext(slot + 1);
        }
        table.sweep(this::tryGiveBack);
        for (ReservedAhead stripe : reserved) {
            stripe.close();
        }
        series.close(table.generationReached());
    }

    /**
     * Gives back what a request has taken that is refused, and its slot.
     *
     * @param isAllocation whether it is in the figures already
     */
    private void undo(int slot, long address, long heldBytes, boolean isAllocation) {
        if (slot != AddressTable.NIL) {
            long[] places = table.placesOf(slot);
            int place = AddressTable.placeOf(slot);
            places[place] = address;
            places[place + 1] = heldBytes;
            giveBackOrLeave(slot, !isAllocation);
        }
    }

    /** Of a close and one who begins a life, or resumes it, one ends it; and the pool is closed. */
    private void endAfterClose(long handle) {
        int slot = table.tryEnd(handle);
        if (slot != AddressTable.NIL) {
            giveBackOrLeave(slot, false);
        }
        settleAfterClose();
        table.requireOpen();
    }

    /** As {@link #tryGiveBack}, by one whom a close may have met. */
    private void giveBackOrLeave(int slot, boolean isCounted) {
        tryGiveBack(slot, isCounted);
        settleAfterClose();
    }

    /** Gives back what a slot holds, and the slot; what fails is left to the next sweep. */
    private void tryGiveBack(int slot, boolean isCounted) {
        boolean counted = isCounted;
        try {
            if (!counted) {
                frees.add(table.heldBytes(slot));
                counted = true;
            }
            giveBack(slot);
        } catch (Throwable failed) {
            table.leaveBehind(slot, counted);
        }
    }

    /**
     * After the close nobody comes by: what was given to a stripe must not stay there, and what was
     * left behind is tried once more; what fails again is left to another close.
     */
    private void settleAfterClose() {
        if (table.closed) {
            table.sweep(this::tryGiveBack);
            reserved[stripe()].settle();
        }
    }

    /** Gives back what a slot holds, in turn, and at last the slot. */
    private void giveBack(int slot) {
        long[] places = table.placesOf(slot);
        int place = AddressTable.placeOf(slot);
        long address = places[place];
        long bytes = table.heldBytes(slot);
        if (address != 0) {
            allocator.free(address, bytes);
            places[place] = 0;
        }
        reserved[stripe()].give(bytes);
        places[place + 1] = 0;
        table.giveBack(slot);
    }

    private boolean freeRetiredNow(long handle) {
        try {
            freeRetired(handle);
        } catch (IllegalStateException ended) {
            if (!table.closed) {
                throw ended;
            }
        }
        return true;
    }

    /** Reserves, if need be from what other stripes have spare and what was left behind. */
    private void reserve(int stripe, long bytes) {
        if (!reserved[stripe].tryTake(bytes)) {
            table.sweep(this::tryGiveBack);
            drain();
            poolBytes.reserve(bytes);
        }
    }

    private void drain() {
        for (ReservedAhead stripe : reserved) {
            stripe.drain();
        }
    }

    private int stripe() {
        return (int) Long.remainderUnsigned(Thread.currentThread().threadId(), stripes);
    }
}
