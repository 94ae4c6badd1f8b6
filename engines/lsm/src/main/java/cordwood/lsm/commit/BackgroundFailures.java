package cordwood.lsm.commit;

import cordwood.lsm.format.StorageFailures;
import cordwood.store.GuardedStep;
import cordwood.store.StepExecutor;
import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What went wrong in background work: the first failure stops writes for good, later ones are
 * counted. Thread-safe.
 */
public final class BackgroundFailures {

    private final AtomicReference<StoreException.@Nullable Failed> first = new AtomicReference<>();
    private volatile Consumer<StoreException.Failed> told = _ -> {};
    private final AtomicLong count = new AtomicLong();
    private final AtomicBoolean heapWasFull = new AtomicBoolean();

    /** No failure. */
    public BackgroundFailures() {}

    /** Notes a failure. */
    public void note(Throwable cause) {
        count.incrementAndGet();
        StoreException.Failed failed =
                cause instanceof StoreException.Failed already
                        ? already
                        : new StoreException.Failed(
                                "background work failed: " + cause, Outcome.NOT_APPLIED, cause);
        if (first.compareAndSet(null, failed)) {
            told.accept(failed);
        }
    }

    /** Has somebody told of the first failure; set before any step runs. */
    public void whenNoted(Consumer<StoreException.Failed> listener) {
        told = listener;
    }

    /** The first failure, or null. */
    public StoreException.@Nullable Failed first() {
        return first.get();
    }

    /** How many failures there were. */
    public long count() {
        return count.get();
    }

    /**
     * A step that notes what the other throws, and does nothing any more once something failed. A
     * full Java heap is no failure: the step is to be run again later.
     */
    public StepExecutor.Step guard(StepExecutor.Step step) {
        StepExecutor.Step spared =
                () -> {
                    try {
                        return step.run();
                    } catch (OutOfMemoryError _) { // where nothing may be done for the first time
                        heapWasFull.set(true);
                        return false;
                    } catch (IllegalArgumentException e) {
                        if (!StorageFailures.isFullHeap(e)) {
                            throw e;
                        }
                        heapWasFull.set(true);
                        return false;
                    }
                };
        StepExecutor.Step guarded = new GuardedStep(spared, this::note);
        return () -> first.get() == null && guarded.run();
    }

    /** Notes that something was given up because the Java heap was full. */
    public void noteFullHeap() {
        heapWasFull.set(true);
    }

    /** Whether a step was given up since the last call, because the Java heap was full. */
    public boolean takeFullHeap() {
        return heapWasFull.getAndSet(false);
    }
}
