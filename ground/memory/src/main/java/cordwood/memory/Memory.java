package cordwood.memory;

import cordwood.memory.epoch.Epochs;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The off-heap memory of one process or store: a budget, the chunks it pays for, the epochs that
 * say when shared memory may be freed, and the one thread that looks after them.
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
    private final Upkeep upkeep = new Upkeep(TICK);

    // Confined to the upkeep thread.
    private long refusalsSeen;

    private Memory(MemoryOptions options, ChunkSource source) {
        this.budget = new Budget(options.budgetBytes());
        this.chunks = new Chunks(budget, options.chunkBytes(), options.checked(), source);
        upkeep.add(this::turnEpoch);
        upkeep.add(this::closeEmptyChunks);
    }

    /** Opens memory with nothing taken from the system yet, and starts its thread. */
    public static Memory open(MemoryOptions options) {
        Memory memory = new Memory(options, ChunkSource::system);
        memory.upkeep.start();
        return memory;
    }

    /** Memory from another source, whose thread runs only when a test starts it. */
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

    /** Takes back a task given to {@link #addUpkeep}; a run already begun is not waited for. */
    public void removeUpkeep(Runnable task) {
        upkeep.remove(task);
    }

    /** The first failure of an upkeep task, if there was one. */
    public @Nullable Throwable upkeepFailure() {
        return upkeep.failure();
    }

    /**
     * Stops the thread and gives all native memory back. What still uses some of it finds it
     * closed.
     */
    @Override
    public void close() {
        upkeep.close();
        chunks.close();
    }

    private void turnEpoch() {
        epochs.advance();
        epochs.reclaim();
    }

    private void closeEmptyChunks() {
        long refusals = budget.refusals();
        Duration grace = refusals == refusalsSeen ? CHUNK_GRACE : Duration.ZERO;
        refusalsSeen = refusals;
        chunks.closeEmpty(grace, CLOSES_PER_TICK);
    }
}
