package cordwood.memory;

import cordwood.memory.epoch.Epochs;
import cordwood.memory.stack.FirstUse;
import java.time.Duration;

/**
 * Goes once through what memory does, its refusals above all: so that no class is initialised and
 * no call linked for the first time when the heap is full or the stack at its end, which may break
 * it for the rest of the process. Takes less than 1 MiB of native memory, for a moment.
 */
final class Rehearsal implements Runnable {

    private static final long BUDGET_BYTES = 1L << 40;
    private static final int PIECE_BYTES = Chunk.GRANULE_BYTES;

    /** Larger chunks are refused, as if the system had no more. */
    private static final long CHUNK_BYTES_MAX = 4L * PIECE_BYTES;

    @Override
    public void run() {
        FirstUse.ofJdk();
        Rest.prepare();
        try {
            play(false);
            play(true);
        } catch (InterruptedException stop) {
            throw new IllegalStateException(stop);
        }
        ChunkSource.of(MemoryOptions.ofBudget(1));
    }

    private static void play(boolean checked) throws InterruptedException {
        MemoryOptions options = new MemoryOptions(BUDGET_BYTES, Chunk.nativeBytes(1), checked);
        ChunkSource.of(options);
        Memory memory = Memory.open(options, Rehearsal::allocate);
        try {
            Account account = memory.budget().account("rehearsal");
            BumpArena arena = new BumpArena(memory.chunks(), account, PIECE_BYTES);
            Region closed = memory.chunks().region(account, 1);
            closed.close();
            memory.chunks().region(account, 1); // Closed with the memory.
            use(memory, account, arena);
            makeMistakes(memory, account, arena, closed);
            memory.close();
            makeMistakes(memory, account, arena, closed);
        } finally {
            memory.close();
        }
    }

    private static Chunk allocate(long bytes) {
        if (bytes > CHUNK_BYTES_MAX) {
            throw new OutOfMemoryError("rehearsed");
        }
        return ChunkSource.system(bytes);
    }

    private static void use(Memory memory, Account account, BumpArena arena)
            throws InterruptedException {
        arena.slice(arena.allocate(1, 1), 1).fill((byte) 1);
        try (Region region = memory.chunks().region(account, 2 * PIECE_BYTES, Duration.ZERO)) {
            region.buffer().put(0, (byte) 1);
            region.shrink(1);
        }
        account.reserve(1, Duration.ZERO);
        account.release(1);
        Runnable task = account::usedBytes;
        Runnable failing = () -> account.release(-1);
        Reclaimer reclaimer = () -> account.release(-1);
        memory.addUpkeep(task);
        memory.addReclaimer(reclaimer);
        memory.runUpkeep();
        memory.askReclaimers();
        memory.removeUpkeep(task);
        memory.removeReclaimer(reclaimer);
        Epochs epochs = memory.epochs();
        epochs.retire(1, failing);
        epochs.retire(1, failing);
        epochs.oldestPinAgeNanos();
        memory.budget().accounts();
        memory.upkeepFailures();
    }

    /** Each that has a message of its own, and all that is done before one is refused. */
    private static void makeMistakes(Memory memory, Account account, BumpArena arena, Region closed)
            throws InterruptedException {
        boolean more = true;
        for (int mistake = 0; more; mistake++) {
            try {
                more = makeMistake(mistake, memory, account, arena, closed);
            } catch (MemoryRefused | IllegalStateException | IllegalArgumentException expected) {
                more = true;
            }
        }
    }

    /** Answers false when there is no mistake of that number. */
    private static boolean makeMistake(
            int number, Memory memory, Account account, BumpArena arena, Region closed)
            throws InterruptedException {
        Chunks chunks = memory.chunks();
        Duration patience = Duration.ofNanos(1);
        long tooManyBytes = CHUNK_BYTES_MAX + 1;
        switch (number) {
            case 0 -> closed.memory();
            case 1 -> closed.shrink(1);
            case 2 -> chunks.region(account, 0);
            case 3 -> chunks.region(account, 2 * BUDGET_BYTES);
            case 4 -> chunks.region(account, tooManyBytes);
            case 5 -> chunks.region(account, tooManyBytes, patience);
            case 6 -> chunks.tryRegion(account, tooManyBytes);
            case 7 -> chunks.region(new Budget(1).account("another"), 1);
            case 8 -> chunks.region(memory.budget().account("idle"), 1);
            case 9 -> account.reserve(2 * BUDGET_BYTES);
            case 10 -> account.reserve(BUDGET_BYTES, patience);
            case 11 -> account.release(2 * BUDGET_BYTES);
            case 12 -> account.release(-1);
            case 13 -> account.reserve(-1);
            case 14 -> chunks.region(account, BUDGET_BYTES / 2, patience);
            case 15 -> arena.allocate(0, 0);
            case 16 -> arena.region(-1);
            case 17 -> arena.slice(0, tooManyBytes);
            case 18 -> memory.epochs().leave(0);
            case 19 -> memory.epochs().retire(-1, memory::close);
            case 20 -> throw new HeapRefused(1);
            case 21 -> throw new SystemRefused("", 1);
            case 22 -> refuseForWantOfBudget(memory, account, patience);
            case 23 -> memory.epochs().reclaim();
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void refuseForWantOfBudget(Memory memory, Account account, Duration patience)
            throws InterruptedException {
        long freeBytes = BUDGET_BYTES - memory.budget().usedBytes();
        account.reserve(freeBytes);
        try {
            memory.chunks().tryRegion(account, PIECE_BYTES * 2);
            memory.chunks().region(account, PIECE_BYTES * 2, patience);
        } finally {
            account.release(freeBytes);
        }
    }
}
