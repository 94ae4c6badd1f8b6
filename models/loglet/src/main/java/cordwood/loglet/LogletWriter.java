package cordwood.loglet;

import cordwood.store.Commit;
import cordwood.store.Durability;
import cordwood.store.HeapPause;
import cordwood.store.StoreException;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a worker writes, and what follows when that is committed. Confined to the worker. */
@SuppressWarnings("ReferenceEquality") // a commit is itself
final class LogletWriter {

    /*
     * Batches are appended without waiting and become flights, which land in the order they took off:
     * a store's commits are done in order. What the store has no room for changes nothing here: the
     * worker decides it anew when it tries again.
     *
     * Stores under way form a chain: each batch depends on the one before, so that a refusal in the
     * middle refuses the rest and leaves no hole. The first refusal seen ends the chain: the staging
     * tail falls back, and the next store begins another.
     */

    /** A store carries the known global tail along when that has moved so far. */
    private static final long GLOBAL_TAIL_STEP = 1024;

    @SuppressWarnings("StaticAssignmentOfThrowable") // there is no heap to make it on demand
    private static final StoreException.Busy NO_HEAP = new StoreException.Busy("the heap is full");

    private final LogletState state;
    private final StreamStore store;
    private final LogletOptions options;
    private final Replies replies;
    private final TailWaiters waiters;
    private final BatchPool batches;
    private final RecordEncoder encoder = new RecordEncoder();

    // what is under way, linked
    private @Nullable Flight oldest;
    private @Nullable Flight newest;

    /** Seals that joined the one under way, and stores that came after it. */
    private final TaskQueue sealWaiters = new TaskQueue();

    private @Nullable Commit watched;
    private @Nullable Commit chainEnd;
    private long chain;
    private boolean globalTailIsDue;

    LogletWriter(
            LogletState state,
            StreamStore store,
            LogletOptions options,
            Replies replies,
            TailWaiters waiters,
            BatchPool batches) {
        this.state = state;
        this.store = store;
        this.options = options;
        this.replies = replies;
        this.waiters = waiters;
        this.batches = batches;
    }

    boolean hasFlights() {
        return oldest != null;
    }

    /** Whether nothing is under way that could raise the local tail, and nothing ever will be. */
    boolean isLocalTailFinal() {
        return !state.acceptsWrites() && !hasFlights();
    }

    /**
     * Writes the records of a store that was decided to be written; false where there is no room.
     */
    boolean store(Task task, Request.Store request, long last) {
        boolean carriesGlobalTail = isGlobalTailDue();
        StoreException failure =
                append(
                        options.durability(),
                        batch -> new Flight.OfStore(batch, task, last, chain),
                        batch -> encode(batch, request, carriesGlobalTail));
        if (failure != null) {
            return isAnswered(task, failure);
        }
        state.storeStaged(last, request.sequencer());
        if (carriesGlobalTail) {
            state.globalTailStaged();
            globalTailIsDue = false;
        }
        return true;
    }

    private void encode(WriteBatch batch, Request.Store request, boolean carriesGlobalTail) {
        if (state.sequencer() == null) {
            attribute(
                    batch,
                    AttributeDescriptor.SEQUENCER_ID,
                    AttributeDescriptor.sequencer(request.sequencer()));
        }
        if (carriesGlobalTail) {
            attribute(
                    batch,
                    AttributeDescriptor.GLOBAL_TAIL_ID,
                    AttributeDescriptor.globalTail(state.globalTail()));
        }
        List<LogRecord> payloads = request.payloads();
        for (int i = 0; i < payloads.size(); i++) {
            put(batch, request.firstOffset() + i, payloads.get(i));
        }
        if (chainEnd != null) {
            batch.onlyAfter(chainEnd);
        }
    }

    private void put(WriteBatch batch, long offset, LogRecord record) {
        try {
            batch.put(
                    AttributeDescriptor.SPACE,
                    state.logletId(),
                    offset,
                    encoder.header(record),
                    record.body());
        } catch (StoreException | OutOfMemoryError e) {
            throw e;
        } catch (Throwable e) { // memory of the sender's, closed or not there any more
            throw new StoreException.Invalid(
                    "the body of record %d cannot be read: %s".formatted(offset, e));
        }
    }

    private void attribute(WriteBatch batch, int id, MemorySegment value) {
        batch.attribute(AttributeDescriptor.SPACE, state.logletId(), id, value);
    }

    /** Answers a store once the seal under way is durable, or has failed. */
    void awaitSeal(Task task) {
        sealWaiters.add(task);
    }

    /**
     * Seals the loglet, or joins the seal under way; false where there is no room.
     *
     * @param now what the seal is stamped with
     */
    boolean seal(Task task, Instant now) {
        if (!state.isSealUnderWay()) {
            StoreException failure =
                    append(
                            Durability.DURABLE,
                            Flight.OfSeal::new,
                            batch ->
                                    attribute(
                                            batch,
                                            AttributeDescriptor.SEAL_ID,
                                            AttributeDescriptor.seal(now)));
            if (failure != null) {
                return isAnswered(task, failure);
            }
            state.sealStaged();
        }
        sealWaiters.add(task);
        return true;
    }

    /** Trims up to an offset that was checked; false where there is no room. */
    boolean trim(Task task, long to) {
        StoreException failure =
                append(
                        options.durability(),
                        batch -> new Flight.OfTrim(batch, task, to),
                        batch -> batch.trim(AttributeDescriptor.SPACE, state.logletId(), to));
        return failure == null || isAnswered(task, failure);
    }

    /** Lets the next batch carry the known global tail however little it moved. */
    void hurryGlobalTail() {
        globalTailIsDue = true;
    }

    /** Writes the known global tail by itself if that is due and no store took it along. */
    void maybePersistGlobalTail() {
        if (!globalTailIsDue) {
            return;
        }
        if (state.unpersistedGlobalTail() > 0 && state.acceptsWrites()) {
            persistGlobalTail();
        }
        globalTailIsDue = false;
    }

    private void persistGlobalTail() {
        StoreException failure =
                append(
                        options.durability(),
                        Flight.OfGlobalTail::new,
                        batch ->
                                attribute(
                                        batch,
                                        AttributeDescriptor.GLOBAL_TAIL_ID,
                                        AttributeDescriptor.globalTail(state.globalTail())));
        if (failure == null) {
            state.globalTailStaged();
        } else {
            note(failure);
        }
    }

    private boolean isGlobalTailDue() {
        long ahead = state.unpersistedGlobalTail();
        return ahead >= GLOBAL_TAIL_STEP || (globalTailIsDue && ahead > 0);
    }

    /** Appends a batch; why that was refused, or null. Refused it has had no effect. */
    private @Nullable StoreException append(
            Durability level,
            Function<BatchPool.Pooled, Flight> flightOf,
            Consumer<WriteBatch> filler) {
        BatchPool.Pooled batch = null;
        StoreException.Outcome ofThrown = StoreException.Outcome.NOT_APPLIED;
        StoreException failure;
        try {
            batch = batches.take();
            filler.accept(batch.batch());
            Flight flight = flightOf.apply(batch);
            ofThrown = StoreException.Outcome.UNKNOWN;
            takeOff(flight, store.tryAppend(batch.batch(), level));
            return null;
        } catch (StoreException e) {
            failure = e;
        } catch (OutOfMemoryError _) {
            failure = NO_HEAP;
        } catch (Throwable e) {
            failure = new StoreException.Internal("a batch was refused by " + e, ofThrown, e);
        }
        if (batch != null) {
            batches.give(batch);
        }
        return failure;
    }

    private void takeOff(Flight flight, Commit commit) {
        flight.tookOff(commit);
        if (newest == null) {
            oldest = flight;
        } else {
            newest.next = flight;
        }
        newest = flight;
        if (flight instanceof Flight.OfStore) {
            chainEnd = commit;
        }
    }

    /** Has {@code watcher} told when the oldest flight can land; false when one can already. */
    boolean watch(Commit.Listener watcher) {
        if (oldest != null && oldest.commit() != watched) {
            oldest.commit().whenDone(watcher);
            watched = oldest.commit(); // only now: asking takes heap
        }
        return oldest == null || !oldest.commit().isDone();
    }

    /** Lets the flights land whose commits are done; whether there were any. */
    boolean land() {
        boolean landed = false;
        Flight flight;
        while ((flight = oldest) != null && flight.commit().isDone()) {
            oldest = flight.next;
            if (oldest == null) {
                newest = null;
            }
            batches.give(flight.batch);
            land(flight);
            landed = true;
        }
        if (landed) {
            waiters.tailsRose();
        }
        if (isLocalTailFinal()) {
            waiters.localTailIsFinal();
        }
        return landed;
    }

    private void land(Flight flight) {
        while (!isLanded(flight)) {
            HeapPause.take(); // it is done: nobody else would tell
        }
    }

    private boolean isLanded(Flight flight) {
        try {
            StoreException failure = flight.commit().failure();
            if (failure == null) {
                committed(flight);
            } else {
                failed(flight, failure);
            }
        } catch (OutOfMemoryError _) {
            return false;
        } catch (Throwable e) {
            state.writesStopped();
            answer(flight, Status.DISABLED);
            Report.error(state.logletId(), Report.Trouble.LANDING_BUG, e);
        }
        return true;
    }

    private void committed(Flight flight) {
        switch (flight) {
            case Flight.OfStore stored -> {
                state.storeCommitted(stored.last);
                if (stored.commit() == chainEnd) {
                    chainEnd = null;
                }
                replies.send(
                        stored.task,
                        Status.OK,
                        stored.isRepair() ? StoreLabel.REPAIR : StoreLabel.OK);
            }
            case Flight.OfSeal _ -> {
                state.sealCommitted();
                answerSealWaiters(Status.OK, Status.SEALED);
                waiters.sealed();
            }
            case Flight.OfTrim trimmed -> {
                state.trimCommitted(trimmed.to);
                replies.send(trimmed.task, Status.OK);
            }
            case Flight.OfGlobalTail _ -> {}
        }
    }

    private void failed(Flight flight, StoreException failure) {
        Status status = note(failure);
        switch (flight) {
            case Flight.OfStore stored -> {
                if (stored.chain == chain) {
                    endChain(status);
                }
            }
            case Flight.OfSeal _ -> state.sealRefused();
            case Flight.OfTrim _ -> {}
            case Flight.OfGlobalTail _ -> state.globalTailRefused();
        }
        answer(flight, status);
    }

    /** Tells whoever sent what was not written. */
    private void answer(Flight flight, Status status) {
        switch (flight) {
            case Flight.OfStore stored -> replies.send(stored.task, status);
            case Flight.OfSeal _ -> answerSealWaiters(status, status);
            case Flight.OfTrim trimmed -> replies.send(trimmed.task, status);
            case Flight.OfGlobalTail _ -> {}
        }
    }

    private void endChain(Status status) {
        chain++;
        chainEnd = null;
        state.stagedStoresRefused();
        state.globalTailRefused();
        waiters.tailsRose();
        waiters.storesRefused(status);
    }

    private void answerSealWaiters(Status seals, Status stores) {
        Task task;
        while ((task = sealWaiters.poll()) != null) {
            replies.send(task, task.request instanceof Request.Seal ? seals : stores);
        }
    }

    /** Answers what was refused for good; false for what may wait until there is room. */
    private boolean isAnswered(Task task, StoreException failure) {
        if (failure instanceof StoreException.Busy) {
            return false;
        }
        replies.send(task, note(failure));
        return true;
    }

    private Status note(StoreException failure) {
        Status status = Replies.status(failure);
        if (status == Status.DISABLED && state.acceptsWrites()) {
            if (failure instanceof StoreException.Internal
                    && failure.outcome() == StoreException.Outcome.NOT_APPLIED) {
                Report.error(state.logletId(), Report.Trouble.BATCH_BUG, failure);
                return status;
            }
            state.writesStopped();
            if (failure instanceof StoreException.Closed) {
                Report.expected(state.logletId(), Report.Trouble.WRITES_ENDED, failure);
            } else {
                Report.error(state.logletId(), Report.Trouble.WRITES_ENDED, failure);
            }
        }
        return status;
    }
}
