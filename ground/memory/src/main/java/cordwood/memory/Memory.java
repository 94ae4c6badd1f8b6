package cordwood.memory;

import cordwood.memory.epoch.Epochs;
import cordwood.memory.stack.StackRoom;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The off-heap memory of one process or store: a budget, the chunks it pays for, the epochs that
 * say when shared memory may be freed, and the threads that look after them.
 *
 * <p>Safe for use by any number of threads.
 */
public final class Memory implements AutoCloseable {

    private static final Duration TICK = Duration.ofMillis(50);

    /** How long an empty chunk is kept for the next who wants one, while nobody is refused. */
    private static final Duration CHUNK_GRACE = Duration.ofSeconds(1);

    /** Closing a chunk stops every thread for a moment: at most this many at each tick. */
    private static final int CLOSES_PER_TICK = 4;

    private final Budget budget;
    private final Chunks chunks;
    private final Epochs epochs = new Epochs();
    private final Upkeep upkeep;

    private Memory(MemoryOptions options, ChunkSource source) {
        this.budget = new Budget(options.budgetBytes());
        this.chunks = new Chunks(budget, options.chunkBytes(), options.checked(), source);
        this.upkeep = new Upkeep(TICK, budget.failures());
        upkeep.add(this::turnEpoch);
        upkeep.add(this::closeEmptyChunks);
    }

    /**
     * Opens memory with nothing taken from the system yet, and starts its two threads: one for
     * upkeep, one that makes chunks.
     */
    public static Memory open(MemoryOptions options) {
        return open(options, ChunkSource.of(options));
    }

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

    /** What failed in upkeep, in making chunks ahead, and when asked to give back. */
    public UpkeepFailures upkeepFailures() {
        return budget.failures().failures();
    }

    /**
     * Stops the threads, refuses new regions, waits for what is under way and gives all native
     * memory back: regions that are still open are closed, and using one throws. What an account
     * reserved without a region stays its owner's to release, but nobody waits for it any more.
     * Actions that a pin still holds back stay retired; {@link Epochs#reclaim} runs them later. May
     * be called again.
     *
     * @throws IllegalStateException when a system call still uses some, or an upkeep task or the
     *     making of a chunk does not end for a minute; everything else was given back: call again
     */
    @Override
    public void close() {
        StackRoom.require();
        boolean ended = upkeep.close();
        chunks.close();
        if (!ended) {
            throw new IllegalStateException("an upkeep task does not end");
        }
    }

    private void turnEpoch() {
        epochs.advance();
        epochs.reclaim();
    }

    private void closeEmptyChunks() {
        chunks.closeEmpty(CHUNK_GRACE, CLOSES_PER_TICK);
    }
}
