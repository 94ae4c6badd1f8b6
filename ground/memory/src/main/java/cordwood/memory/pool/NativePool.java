package cordwood.memory.pool;

import cordwood.memory.Account;
import cordwood.memory.Memory;
import cordwood.memory.SystemRefused;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;

/**
 * Cells from a {@link NativeAllocator}: every one is an allocation of its own, with a checked
 * handle, and its usable bytes are reserved before it is made.
 *
 * <p>What a stale view touches may have gone back to the system: then the process ends, where a
 * small pool would read another cell's bytes. Checked mode finds that too.
 */
public final class NativePool implements GuardablePool {

    /*
     * Invariant: what the account holds is the usable bytes of all live cells, plus what the stripes
     * have reserved ahead, plus what is in the making.
     *
     * A thread's stripe is found by its number. Nothing depends on it: it only keeps threads apart.
     */

    private final Memory memory;
    private final NativeAllocator allocator;
    private final MemorySegment addressSpace;
    private final boolean poisoned;
    private final Account account;
    private final int stripes;
    private final ReservedAhead[] reserved;
    private final AddressTable table;
    private final RetiredCells retired;
    private final SizeHistogram allocs = new SizeHistogram();
    private final SizeHistogram frees = new SizeHistogram();
    private final SizeHistogram resizes = new SizeHistogram();
    private final SizeHistogram remaps = new SizeHistogram();
    private final LongAdder badRetires = new LongAdder();
    private final Runnable upkeep = this::trim;
    private volatile LongConsumer afterRetirement = this::freeRetired;

    private NativePool(Memory memory, PoolOptions options, NativeAllocator allocator) {
        this.memory = memory;
        this.allocator = allocator;
        this.addressSpace = allocator.addressSpace();
        this.poisoned = options.checked();
        this.account = memory.budget().account(allocator.name());
        this.stripes = Math.max(1, options.shards());
        this.reserved = new ReservedAhead[stripes];
        for (int i = 0; i < stripes; i++) {
            reserved[i] = new ReservedAhead(account);
        }
        this.table = new AddressTable(Handle.newPoolTag(), stripes);
        this.retired = new RetiredCells(memory.epochs());
    }

    /**
     * Opens a pool of {@code allocator}'s memory, charged to an account of its name. The shards are
     * the stripes of its handle table, at least one; size classes mean nothing to it.
     */
    public static CellPool open(Memory memory, PoolOptions options, NativeAllocator allocator) {
        NativePool pool = new NativePool(memory, options, allocator);
        memory.addUpkeep(pool.upkeep);
        return options.checked() ? new CheckedPool(pool, pool.account) : pool;
    }

    @Override
    public Account account() {
        return account;
    }

    @Override
    public boolean isOwn(long handle) {
        return table.isOwn(handle);
    }

    @Override
    public void sendRetiredTo(LongConsumer free) {
        afterRetirement = free;
    }

    @Override
    public long allocate(int bytes, int alignmentBytes) {
        CellRequest.check(bytes, alignmentBytes);
        table.requireOpen();
        int stripe = stripe();
        long reservedBytes = allocator.usableBytesMax(bytes, alignmentBytes);
        reserve(stripe, reservedBytes);
        int slot;
        try {
            slot = table.take(stripe);
        } catch (Throwable refused) {
            reserved[stripe].give(reservedBytes);
            throw refused;
        }
        long address = allocator.allocate(bytes, alignmentBytes);
        if (address == 0) {
            table.giveBack(slot);
            reserved[stripe].give(reservedBytes);
            throw new SystemRefused(allocator.name(), bytes);
        }
        long usableBytes = Math.min(allocator.usableBytes(address), reservedBytes);
        reserved[stripe].give(reservedBytes - usableBytes);
        if (poisoned) {
            addressSpace.asSlice(address, usableBytes).fill(Guards.POISON);
        }
        allocs.add(usableBytes);
        return table.issue(slot, address, usableBytes);
    }

    @Override
    public void free(long handle) {
        if (handle == 0) {
            return;
        }
        int slot = table.end(handle);
        long usableBytes = table.slotBytes(slot);
        allocator.free(table.slotAddress(slot), usableBytes);
        table.giveBack(slot);
        reserved[stripe()].give(usableBytes);
        frees.add(usableBytes);
    }

    @Override
    public void retire(long handle) {
        if (handle != 0 && retired.add(handle, cellBytes(handle))) {
            retired.reclaim(afterRetirement);
        }
    }

    /** What was retired and freed too is a mistake noticed only now, when nobody can be told. */
    private void freeRetired(long handle) {
        try {
            free(handle);
        } catch (BadHandle alreadyFreed) {
            badRetires.increment();
        }
    }

    @Override
    public long resize(long handle, int bytes) {
        CellRequest.check(bytes, ALIGNMENT_BYTES);
        long oldBytes = table.bytes(handle);
        if (bytes <= oldBytes && bytes > oldBytes / 2) {
            resizes.add(bytes);
            return handle;
        }
        long resized =
                AddressTable.isLastLife(handle)
                        ? copy(handle, bytes, oldBytes)
                        : resizeInPlace(handle, bytes, oldBytes);
        remaps.add(bytes);
        return resized;
    }

    /** The library moves it, or need not; the handle is a new one either way. */
    private long resizeInPlace(long handle, int bytes, long oldBytes) {
        int stripe = stripe();
        long reservedBytes = allocator.usableBytesMax(bytes, ALIGNMENT_BYTES);
        reserve(stripe, reservedBytes);
        int slot;
        try {
            slot = table.end(handle);
        } catch (Throwable refused) {
            reserved[stripe].give(reservedBytes);
            throw refused;
        }
        long address = allocator.resize(table.slotAddress(slot), oldBytes, bytes);
        if (address == 0) {
            table.resume(slot);
            reserved[stripe].give(reservedBytes);
            throw new SystemRefused(allocator.name(), bytes);
        }
        long usableBytes = Math.min(allocator.usableBytes(address), reservedBytes);
        reserved[stripe].give(reservedBytes - usableBytes + oldBytes);
        allocs.add(usableBytes);
        frees.add(oldBytes);
        return table.issue(slot, address, usableBytes);
    }

    private long copy(long handle, int bytes, long oldBytes) {
        long copy = allocate(bytes);
        try {
            MemorySegment.copy(view(handle), 0, view(copy), 0, Math.min(bytes, oldBytes));
            free(handle);
        } catch (Throwable refused) {
            free(copy);
            throw refused;
        }
        return copy;
    }

    @Override
    public MemorySegment view(long handle) {
        return table.view(handle, addressSpace);
    }

    @Override
    public int cellBytes(long handle) {
        return (int) Math.min(table.bytes(handle), Integer.MAX_VALUE);
    }

    @Override
    public LocalPool local() {
        return new NativeLocal(this);
    }

    @Override
    public void trim() {
        if (!table.isClosed()) {
            retired.reclaim(afterRetirement);
        }
        drain();
    }

    @Override
    public PoolStats stats() {
        return new PoolStats(
                allocator.name(),
                0,
                badRetires.sum(),
                List.of(),
                List.of(),
                new FallbackStats(
                        allocs.counts(), frees.counts(), resizes.counts(), remaps.counts()),
                resizes.counts(),
                remaps.counts(),
                retired.stats(),
                EpochStats.of(memory.epochs()),
                MemoryStats.of(account, memory.budget()));
    }

    @Override
    public List<Leak> leaks() {
        return List.of();
    }

    @Override
    public void close() {
        memory.removeUpkeep(upkeep);
        table.close(this::release);
        drain();
    }

    private void release(long address, long usableBytes) {
        allocator.free(address, usableBytes);
        account.release(usableBytes);
    }

    /** Reserves, if need be from what other stripes have spare. */
    private void reserve(int stripe, long bytes) {
        if (!reserved[stripe].tryTake(bytes)) {
            drain();
            account.reserve(bytes);
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
