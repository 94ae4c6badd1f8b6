package cordwood.lsm;

import cordwood.lsm.format.PatientFailure;
import cordwood.lsm.format.StorageFailures;
import cordwood.store.StoreException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Checkpoints asked for and not made yet. Thread-safe. */
final class CheckpointRequests {

    private record Request(Path target, Runnable whenCut, CompletableFuture<Void> done) {}

    // guarded by this; no deque, which a full heap may empty
    private final List<Request> waiting = new ArrayList<>();
    private @Nullable StoreException end;

    /**
     * Asks for a checkpoint.
     *
     * @param whenCut run once it is settled what is in it; perhaps never
     */
    CompletableFuture<Void> add(Path target, Runnable whenCut) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        StoreException refusal;
        synchronized (this) {
            refusal = end;
            if (refusal == null) {
                waiting.add(new Request(target, whenCut, done));
            }
        }
        if (refusal != null) {
            done.completeExceptionally(refusal);
        }
        return done;
    }

    /**
     * Makes one checkpoint if one is asked for. What goes wrong is for whoever asked: the store
     * itself is none the worse.
     */
    boolean serve(BiConsumer<Path, Runnable> checkpoint) {
        Request request = next();
        if (request == null) {
            return false;
        }
        try {
            checkpoint.accept(request.target, request.whenCut);
            request.done.complete(null);
        } catch (RuntimeException e) {
            PatientFailure.of(request.done, StorageFailures.ofBackgroundWork(e));
        } catch (Error e) {
            PatientFailure.of(request.done, e);
        }
        return true;
    }

    private synchronized @Nullable Request next() {
        return waiting.isEmpty() ? null : waiting.removeFirst();
    }

    /** Fails all that are waiting, and all that come. */
    void end(StoreException because) {
        synchronized (this) {
            end = end == null ? because : end;
        }
        for (Request request = next(); request != null; request = next()) {
            PatientFailure.of(request.done, because);
        }
    }
}
