package cordwood.lsm.format;

import cordwood.store.HeapPause;
import java.util.concurrent.CompletableFuture;

/** Tells somebody who waits of a failure, which takes heap: who is not told waits for ever. */
public final class PatientFailure {

    private PatientFailure() {}

    /** Fails the future. Waits while the heap is full. */
    public static void of(CompletableFuture<?> waited, Throwable failure) {
        while (!isTold(waited, failure)) {
            HeapPause.take();
        }
    }

    private static boolean isTold(CompletableFuture<?> waited, Throwable failure) {
        try {
            waited.completeExceptionally(failure);
            return true;
        } catch (OutOfMemoryError _) {
            return waited.isDone();
        }
    }
}
