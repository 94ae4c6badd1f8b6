package cordwood.lsm;

import cordwood.files.Disk;
import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.memory.Rest;
import cordwood.store.PrivateThread;
import cordwood.store.StepExecutor;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * What a store runs on: tests put a failing disk and replayed steps here.
 *
 * @param disk where the files are
 * @param memory opens a store's memory
 * @param commits runs the steps that commit and notify
 * @param background runs the steps that flush, compact and prepare segments
 * @param syncs runs the sync of one part of a table while the next is written, on a thread of ours
 * @param pause holds the committing step up for so many nanoseconds
 * @param isPatient whether flushes leave bursts alone; otherwise they begin at once
 * @param waiter how a call waits for background work
 * @param recovery told how far recovery has come, on the thread that opens the store
 */
public record LsmEnvironment(
        Disk disk,
        Function<MemoryOptions, Memory> memory,
        StepExecutor commits,
        StepExecutor background,
        Executor syncs,
        LongConsumer pause,
        boolean isPatient,
        Waiter waiter,
        Consumer<RecoveryProgress> recovery) {

    /**
     * For all stores; a thread goes when it had nothing to do for a minute, or finds no heap to
     * wait with. What it is given tells of its own failures.
     */
    private static final Executor HELPERS =
            Executors.newCachedThreadPool(
                    Thread.ofPlatform()
                            .daemon()
                            .name("lsm-helper-", 1)
                            .uncaughtExceptionHandler((_, _) -> {})
                            .factory());

    /** How a call waits for background work. */
    @FunctionalInterface
    public interface Waiter {
        /** Returns when the future is done. An interrupt does not end the wait; it is kept. */
        void await(CompletableFuture<?> future);
    }

    /**
     * How far the write-ahead log was read.
     *
     * @param doneSegments segments read
     * @param allSegments segments to read
     * @param batches batches recovered so far
     */
    public record RecoveryProgress(int doneSegments, int allSegments, long batches) {}

    /** The operating system's disk and threads. */
    public static LsmEnvironment system() {
        return new LsmEnvironment(
                Disk.real(),
                Memory::open,
                StepExecutor.virtualThreads(),
                StepExecutor.platformThreads(),
                HELPERS,
                LsmEnvironment::rest,
                true,
                PrivateThread::awaitEnd,
                _ -> {});
    }

    /** Ends less than one rest too early, which whoever paces makes up for. */
    private static void rest(long nanos) {
        long startNanos = System.nanoTime();
        do {
            Rest.take();
        } while (nanos - (System.nanoTime() - startNanos) > Rest.NANOS_MAX);
    }

    /** Everything run by the caller's steps: no threads, no pauses. */
    public static LsmEnvironment stepped(Disk disk, StepExecutor steps, Waiter waiter) {
        return new LsmEnvironment(
                disk, Memory::open, steps, steps, Runnable::run, _ -> {}, false, waiter, _ -> {});
    }

    /** A disk of the caller's, with the operating system's threads. */
    public static LsmEnvironment on(Disk disk) {
        LsmEnvironment system = system();
        return new LsmEnvironment(
                disk,
                system.memory,
                system.commits,
                system.background,
                system.syncs,
                system.pause,
                system.isPatient,
                system.waiter,
                system.recovery);
    }

    /** The same, with somebody told how far recovery has come. */
    public LsmEnvironment telling(Consumer<RecoveryProgress> told) {
        return new LsmEnvironment(
                disk, memory, commits, background, syncs, pause, isPatient, waiter, told);
    }

    /** The same, with memory opened another way. */
    public LsmEnvironment with(Function<MemoryOptions, Memory> otherMemory) {
        return new LsmEnvironment(
                disk, otherMemory, commits, background, syncs, pause, isPatient, waiter, recovery);
    }
}
