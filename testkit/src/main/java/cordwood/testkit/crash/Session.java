package cordwood.testkit.crash;

import cordwood.files.Disk;
import cordwood.store.Commit;
import cordwood.store.Durability;
import cordwood.store.LocalStore;
import cordwood.store.Metric;
import cordwood.store.StoreException;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import cordwood.testkit.crash.Oracle.Promise;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One life of a store, from open to close or crash, with everything it promises noted. */
final class Session {

    static final Path DIRECTORY = Path.of("/disk/store");

    private static final int BUSY_MAX = 200;

    private record Pending(Commit commit, WriteBatch batch) {}

    private final StoreOpener opener;
    private final Disk disk;
    private final Oracle oracle;
    private final long seed;
    private final Lockstep steps;
    private final List<Pending> pending = new ArrayList<>();
    private @Nullable StreamStore store;
    private StoreException.@Nullable Failed stopped;
    private int lives;
    private long compactions;

    Session(StoreOpener opener, Disk disk, Oracle oracle, long seed) {
        this.opener = opener;
        this.disk = disk;
        this.oracle = oracle;
        this.seed = seed;
        this.steps = new Lockstep(seed);
    }

    /** Something a store is asked for that may block. */
    @FunctionalInterface
    private interface Request<T extends @Nullable Object> {
        T on(StreamStore store);
    }

    private <T extends @Nullable Object> T ask(String what, Request<T> request) {
        StreamStore open = requireOpen();
        return guarded(what, () -> request.on(open));
    }

    /** While everything is read nothing may change, not even where the reader waits for a lock. */
    private void readEverything(Consumer<StreamStore> reader) {
        StreamStore open = requireOpen();
        String what = "read everything";
        Callable<Boolean> reading =
                () -> {
                    reader.accept(open);
                    return true;
                };
        asPromised(what, opener.waitsInLockstep() ? reading : () -> steps.callAlone(what, reading));
    }

    private StreamStore requireOpen() {
        StreamStore open = store;
        if (open == null) {
            throw new IllegalStateException("the store is not open");
        }
        return open;
    }

    private <T extends @Nullable Object> T guarded(String what, Callable<T> body) {
        return asPromised(what, opener.waitsInLockstep() ? body : () -> steps.call(what, body));
    }

    /** A call that may fail as the contract says and in no other way. */
    private <T extends @Nullable Object> T asPromised(String what, Callable<T> call) {
        Histories.tell(() -> what);
        try {
            return call.call();
        } catch (StoreException | Violation e) {
            throw e;
        } catch (Exception | Error e) {
            throw new Violation(what + " failed in a way the contract does not know", e);
        }
    }

    /** Opens the store; on failure nothing may be left of it. */
    void open() {
        boolean opened = false;
        try {
            store = guarded("open", () -> opener.open(disk, DIRECTORY, steps, seed));
            stopped = null;
            lives++;
            opened = true;
        } finally {
            if (!opened) {
                requireNothingLeft("a failed open");
            }
        }
    }

    boolean isOpen() {
        return store != null;
    }

    /** How often the store was opened. */
    int lives() {
        return lives;
    }

    /** Whether the store has said that writes stopped for good. */
    boolean isStopped() {
        return stopped != null;
    }

    /** Appends, without waiting for the commit. Busy is waited out. */
    void append(List<Operation> operations, Durability level) {
        Oracle.Batch noted = oracle.append(operations, level);
        Histories.tell(() -> "append " + level + " " + operations);
        boolean taken = false;
        WriteBatch batch = ask("newBatch", StreamStore::newBatch);
        try {
            operations.forEach(operation -> operation.addTo(batch));
            Commit commit = tryUntilAdmitted(batch, level);
            noted.accepted(commit);
            pending.add(new Pending(commit, batch));
            taken = true;
        } finally {
            if (!taken) {
                noted.refused();
                batch.close();
            }
        }
    }

    private Commit tryUntilAdmitted(WriteBatch batch, Durability level) {
        for (int attempt = 1; ; attempt++) {
            try {
                return ask("tryAppend", open -> open.tryAppend(batch, level));
            } catch (StoreException.Failed e) {
                stopped = e;
                throw e;
            } catch (StoreException.Busy e) {
                if (attempt == BUSY_MAX) {
                    throw new Violation("the store stays busy while nothing is under way", e);
                }
                settle();
                steps.rest();
            }
        }
    }

    /** Lets some steps run. */
    void run(int stepsMax) {
        steps.runSome(stepsMax);
    }

    /** Lets all steps run that have something to do, those too that wait for time to pass. */
    void rest() {
        steps.rest();
    }

    /** Compactions done, in the lives that were closed. */
    long compactions() {
        return compactions;
    }

    /** Waits until every commit under way is done; says what the first failure was. */
    @Nullable StoreException settle() {
        steps.runUntil(
                "commits", () -> pending.stream().allMatch(waiting -> waiting.commit.isDone()));
        StoreException first = null;
        for (Pending done : pending) {
            done.batch.close();
            StoreException failure = done.commit.failure();
            Histories.tell(() ->
                    "commit " + done.commit.sequence() + (failure == null ? "" : " " + failure));
            if (failure instanceof StoreException.Failed failed) {
                stopped = failed;
            }
            first = first == null ? failure : first;
        }
        pending.clear();
        return first;
    }

    void flush() {
        local("flush", LocalStore::flush);
    }

    void compact() {
        local("compact", LocalStore::compact);
    }

    /** Makes a checkpoint, opens it as a store, and compares it. */
    void checkpoint(Path target) {
        if (!opener.makesCheckpoints()) {
            return;
        }
        settle();
        Oracle cut = oracle.frozen();
        local("checkpoint", open -> open.checkpoint(target));
        if (!(store instanceof LocalStore)) {
            return;
        }
        StreamStore copy =
                guarded("open a checkpoint", () -> opener.open(disk, target, steps, seed));
        try {
            guarded(
                    "read a checkpoint",
                    () -> {
                        cut.check(copy, Promise.VISIBLE);
                        return true;
                    });
        } finally {
            guarded("close a checkpoint", () -> closed(copy));
        }
    }

    private void local(String what, Consumer<LocalStore> request) {
        ask(
                what,
                open -> {
                    if (open instanceof LocalStore local) {
                        request.accept(local);
                    }
                    return true;
                });
    }

    /** Uses the store directly. */
    void with(Consumer<StreamStore> body) {
        ask(
                "use",
                open -> {
                    body.accept(open);
                    return true;
                });
    }

    /** Compares what the store shows with what it may show. */
    void check(Promise promise) {
        readEverything(open -> oracle.check(open, promise));
    }

    /** As {@link #check}; what is shown now must never vanish, nor what is missing come back. */
    void recovered(Promise promise) {
        readEverything(open -> oracle.recovered(open, promise));
    }

    /** Closes the store, which must leave nothing behind in memory even where closing fails. */
    void close() {
        StreamStore open = store;
        if (open == null) {
            return;
        }
        store = null;
        compactions += open.metrics().value(Metric.COMPACTIONS);
        try {
            guarded("close", () -> closed(open));
        } finally {
            steps.runUntil(
                    "commits", () -> pending.stream().allMatch(waiting -> waiting.commit.isDone()));
            pending.forEach(done -> done.batch.close());
            pending.clear();
            requireNothingLeft("close");
        }
    }

    private static boolean closed(StreamStore open) {
        open.close();
        return true;
    }

    /**
     * Closes the store of a process that is as good as dead: whether that fails does not matter.
     */
    void abandon() {
        try {
            close();
        } catch (StoreException e) {
            // the disk is gone, and the store has said so
        }
    }

    private void requireNothingLeft(String after) {
        if (!steps.running().isEmpty()) {
            throw new Violation(after + " left steps running: " + steps.running());
        }
        long leakedBytes = opener.leakedBytes();
        if (leakedBytes != 0) {
            throw new Violation(after + " left " + leakedBytes + " bytes off the heap");
        }
    }
}
