package cordwood.memory;

import java.util.concurrent.atomic.AtomicLong;

/** Memory whose upkeep runs only when a test says so. */
public final class TestMemory {

    private static final int MIB = 1 << 20;

    private TestMemory() {}

    /** With small chunks, so that tests see them come and go. */
    public static Memory unattended(long budgetBytes) {
        return Memory.unattended(new MemoryOptions(budgetBytes, MIB, false), ChunkSource::system);
    }

    /** As {@link #unattended}; the {@code failing}-th chunk is refused, or no one when it is 0. */
    public static Memory failing(long budgetBytes, AtomicLong failing) {
        return Memory.unattended(
                new MemoryOptions(budgetBytes, MIB, false),
                bytes -> {
                    if (failing.decrementAndGet() == 0) {
                        throw new OutOfMemoryError("injected");
                    }
                    return ChunkSource.system(bytes);
                });
    }

    /** Of one granule; {@code before} runs before the system is asked for it, by who wants it. */
    public static Memory ofOneGranule(Runnable before) {
        long bytes = Chunk.nativeBytes(1);
        return Memory.unattended(
                new MemoryOptions(bytes, bytes, true),
                size -> {
                    before.run();
                    return ChunkSource.system(size);
                });
    }

    /** One round of upkeep. */
    public static void runUpkeep(Memory memory) {
        memory.runUpkeep();
    }
}
