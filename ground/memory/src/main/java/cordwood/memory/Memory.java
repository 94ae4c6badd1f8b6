package cordwood.memory;

import cordwood.memory.epoch.Epochs;
import cordwood.memory.stack.FirstUse;
import cordwood.memory.stack.StackRoom;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The off-heap memory of one process or store: a budget, the chunks it pays for, the epochs that
 * say when shared memory may be freed, and the threads that look after them.
 *
 * <p>Safe for use by any number of threads.
 */
public final class Memory implements AutoCloseable {

    /*
     * No static field here needs code to begin with: this class may be used for the first time where
     * the stack ends. What it uses was used before, by a Rehearsal, which has a stack of its own.
     */

    private static final int TICK_MILLIS = 50;

    /** How long an empty chunk is kept for the next who wants one, while nobody is refused. */
    private static final int CHUNK_GRACE_MILLIS = 1_000;

    /** Closing a chunk stops every thread for a moment: at most this many at each tick. */
    private static final int CLOSES_PER_TICK = 4;

    /** How often close looks for actions that others retired: they might do so for ever. */
    private static final int LAST_ROUNDS_MAX = 1 << 16;

    private static volatile boolean rehearsed;

    private final Budget budget;
    private final Chunks chunks;
    private final Epochs epochs = new Epochs();
    private final Upkeep upkeep;
    private final Duration chunkGrace = Duration.ofMillis(CHUNK_GRACE_MILLIS);
    private final Consumer<Throwable> failed;

    private Memory(MemoryOptions options, ChunkSource source) {
        this.budget = new Budget(options.budgetBytes());
        this.chunks = new Chunks(budget, options.chunkBytes(), options.checked(), source);
        this.failed = budget.failures()::record;
        this.upkeep = new Upkeep(Duration.ofMillis(TICK_MILLIS), budget.failures());
        upkeep.add(this::turnEpoch);
        upkeep.add(this::closeEmptyChunks);
    }

    /**
     * Opens memory with nothing taken from the system yet, and starts its two threads: one for
     * upkeep, one that makes chunks. The first in a process goes once, on a thread that ends then,
     * through all that must work later although the heap is full or the stack at its end.
     *
     * @throws MemoryRefused when the first is refused the little native memory that this takes
     */
    public static Memory open(MemoryOptions options) {
        StackRoom.require();
        if (!rehearsed) {
            FirstUse.elsewhere(new Rehearsal());
            rehearsed = true;
        }
        return open(options, ChunkSource.of(options));
    }

    /** As {@link #open(MemoryOptions)}, without a rehearsal. */
    static Memory open(MemoryOptions options, ChunkSource source) {
        Memory memory = new Memory(options, source);
        try {
            memory.chunks.startMaker();
            memory.upkeep.start();
        } catch (Throwable failure) {
            memory.close();
            throw failure;
        }
        return memory;
    }

    /** Memory without threads: upkeep runs when a test says so, and callers make their chunks. */
    static Memory unattended(MemoryOptions options, ChunkSource source) {
        return new Memory(options, source);
    }

    /** One round of upkeep, on the calling thread. */
    void runUpkeep() {
        upkeep.runOnce();
    }

    /** The cap and who uses how much of it. */
    public Budget budget() {
        return budget;
    }

    /** Where regions come from. */
    public Chunks chunks() {
        return chunks;
    }

    /** The pins and retirements of everything in this memory; advanced at every tick. */
    public Epochs epochs() {
        return epochs;
    }

    /** Runs {@code task} on the upkeep thread at every tick. It must be short and not wait. */
    public void addUpkeep(Runnable task) {
        upkeep.add(task);
    }

    /**
     * Takes back a task given to {@link #addUpkeep}, and waits until a run of it already begun is
     * over, unless it is the task that calls. So hold no lock that the task takes.
     *
     * @throws IllegalStateException when it is not over after a minute
     */
    public void removeUpkeep(Runnable task) {
        upkeep.remove(task);
    }

    /** Has {@code reclaimer} asked before anybody is refused; the last one added is asked first. */
    public void addReclaimer(Reclaimer reclaimer) {
        budget.reclaimers().add(reclaimer);
    }

    /**
     * Takes back a reclaimer, and waits until every call of it already begun is over, but for one
     * on the calling thread. So hold no lock that the reclaimer takes.
     *
     * @throws IllegalStateException when they are not over after a minute
     */
    public void removeReclaimer(Reclaimer reclaimer) {
        budget.reclaimers().remove(reclaimer);
    }

    /**
     * Has everybody give back what he does not use: for those who are refused by somebody else than
     * the budget. Does nothing when this thread is doing so already. Hold no lock that a {@link
     * Reclaimer} takes.
     */
    public void askReclaimers() {
        budget.askReclaimers();
    }

    /** The first failure of an upkeep task, if there was one. */
    public @Nullable Throwable upkeepFailure() {
        return budget.failures().first();
    }

    /** What failed in upkeep, retired actions included, in making chunks, and in giving back. */
    public UpkeepFailures upkeepFailures() {
        return budget.failures().failures();
    }

    /**
     * Stops the threads, refuses new regions, waits for what is under way and gives all native
     * memory back: regions that are still open are closed, and using one throws. What an account
     * reserved without a region stays its owner's to release, but nobody waits for it any more.
     * Retired actions that no pin holds back are run; the others stay retired, and {@link
     * Epochs#reclaim()} runs them later. May be called again.
     *
     * @throws StackOverflowError when the stack is too short; that of an action is thrown when all
     *     else is done
     * @throws IllegalStateException when a system call still uses some, or an upkeep task or the
     *     making of a chunk does not end for a minute; everything else was given back: call again
     */
    @Override
    public void close() {
        StackRoom.require();
        boolean ended = upkeep.close();
        StackOverflowError overflow = runRetired();
        chunks.close();
        if (overflow != null) {
            throw overflow;
        }
        if (!ended) {
            throw new IllegalStateException("an upkeep task does not end");
        }
    }

    private void turnEpoch() {
        epochs.advance();
        epochs.reclaim(failed);
    }

    private @Nullable StackOverflowError runRetired() {
        try {
            int rounds = LAST_ROUNDS_MAX;
            while (rounds > 0 && epochs.reclaim(failed) > 0) {
                rounds--;
            }
            return null;
        } catch (StackOverflowError noRoom) {
            return noRoom;
        }
    }

    private void closeEmptyChunks() {
        chunks.closeEmpty(chunkGrace, CLOSES_PER_TICK);
    }
}
