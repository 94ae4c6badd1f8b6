package cordwood.memory.fault.inside;

import cordwood.memory.Account;
import cordwood.memory.BumpArena;
import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.memory.MemoryRefused;
import cordwood.memory.Region;
import cordwood.memory.fault.Fault;
import cordwood.memory.fault.FaultThread;
import cordwood.memory.pool.LocalPool;
import cordwood.memory.pool.PoolOptions;
import cordwood.memory.pool.SmallPool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A memory, a pool, and all that a trial has got from them. */
final class Stand {

    static final long BUDGET_BYTES = 8L << 20;
    static final int REGION_BYTES = 64 << 10;

    final Memory memory = Memory.open(MemoryOptions.ofBudget(BUDGET_BYTES));
    final boolean checked;
    final SmallPool pool;

    /** Of regions and arenas; what is reserved by the trial itself is on {@code direct}. */
    final Account regionsAccount = memory.budget().account("regions");

    final Account direct = memory.budget().account("direct");
    final List<Region> regions = new ArrayList<>(1 << 10);
    final BumpArena arena = new BumpArena(memory.chunks(), regionsAccount, REGION_BYTES);
    final List<LocalPool> locals = new ArrayList<>(1 << 10);

    /** Actions given to epochs, and how many of them ran. */
    int actionsRetired;

    final AtomicInteger actionsRun = new AtomicInteger();
    final Runnable action = actionsRun::incrementAndGet;

    /** What was reserved directly; −1 when an Error hides whether it still is. */
    long directBytes;

    private long[] handles = new long[1 << 12];
    private int handleCount;
    private long[] tickets = new long[1 << 10];
    private int ticketCount;
    private final long patienceNanos;

    Stand(boolean checked, int shards, long patienceNanos) {
        this.checked = checked;
        this.patienceNanos = patienceNanos;
        this.pool =
                SmallPool.open(
                        memory, PoolOptions.defaults().withShards(shards).withChecked(checked));
    }

    /** Keeps a handle, to be freed at the end whatever became of it. */
    long keep(long handle) {
        ensureRoom();
        handles[handleCount++] = handle;
        return handle;
    }

    private void ensureRoom() {
        if (handleCount == handles.length) {
            handles = Arrays.copyOf(handles, handleCount * 2);
        }
    }

    int handleCount() {
        return handleCount;
    }

    long handle(int index) {
        return handles[index];
    }

    void keepTicket(long ticket) {
        tickets[ticketCount++] = ticket;
    }

    int ticketCount() {
        return ticketCount;
    }

    long ticket(int index) {
        return tickets[index];
    }

    @Nullable Region keep(@Nullable Region region) {
        if (region != null) {
            regions.add(region);
        }
        return region;
    }

    /** With no call between getting a handle and keeping it, for which there may be no stack. */
    void allocate(int count, int bytes) {
        for (int i = 0; i < count; i++) {
            ensureRoom();
            handles[handleCount] = pool.allocate(bytes);
            handleCount++;
        }
    }

    /** Regions until there is room for one or two more. */
    void fillBudget() {
        try {
            while (true) {
                regions.add(memory.chunks().region(regionsAccount, REGION_BYTES));
            }
        } catch (MemoryRefused full) {
            regions.removeLast().close();
        }
    }

    /** Runs something on a thread that is dead afterwards. */
    void elsewhere(Runnable step) throws InterruptedException {
        FaultThread.run(
                "preparation",
                Fault.none(),
                patienceNanos,
                () -> {
                    step.run();
                    return true;
                });
    }
}
