package cordwood.lsm;

import cordwood.files.Disk;
import cordwood.store.StepExecutor;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * What a store runs on: tests put a failing disk and replayed steps here.
 *
 * @param disk where the files are
 * @param commits runs the steps that commit and notify
 * @param background runs the steps that flush, compact and prepare segments
 * @param waiter how a call waits for background work
 * @param recovery told how far recovery has come, on the thread that opens the store
 */
public record LsmEnvironment(
        Disk disk,
        StepExecutor commits,
        StepExecutor background,
        Waiter waiter,
        Consumer<RecoveryProgress> recovery) {

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
                StepExecutor.virtualThreads(),
                StepExecutor.platformThreads(),
                PrivateThread::awaitEnd,
                _ -> {});
    }

    /** A disk of the caller's, with the operating system's threads. */
    public static LsmEnvironment on(Disk disk) {
        LsmEnvironment system = system();
        return new LsmEnvironment(
                disk, system.commits, system.background, system.waiter, system.recovery);
    }
}
