package cordwood.loglet;

import cordwood.store.Commit;
import cordwood.store.Durability;
import cordwood.store.StoreException;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a worker writes, and what follows when that is committed. Confined to the worker. */
@SuppressWarnings("ReferenceEquality") // a commit is itself
final class LogletWriter {

    /*
     * Batches are appended without waiting and become flights, which land in the order they took off:
     * a store's commits are done in order.
     *
     * Stores under way form a chain: each batch depends on the one before, so that a refusal in the
     * middle refuses the rest and leaves no hole. The first refusal seen ends the chain: the staging
     * tail falls back, and the next store begins another.
     */
    private static final System.Logger LOGGER = System.getLogger(LogletWriter.class.getName());

    /** A store carries the known global tail along when that has moved so far. */
    private static final long GLOBAL_TAIL_STEP = 1024;

    private final LogletState state;
    private final StreamStore store;
    private final LogletOptions options;
    private final Replies replies;
    private final TailWaiters waiters;
    private final BatchPool batches;
    private final RecordEncoder encoder = new RecordEncoder();
    private final ArrayDeque<Flight> flights = new ArrayDeque<>();

    /** Seals that joined the one under way, and stores that came after it. */
    private final List<Task> sealWaiters = new ArrayList<>();

    private @Nullable Commit watched;
    private @Nullable Commit chainEnd;
    private long chain;
    private boolean globalTailIsDue;

    LogletWriter(
            LogletState state,
            StreamStore store,
            LogletOptions options,
            Replies replies,
            TailWaiters waiters) {
        this.state = state;
        this.store = store;
        this.options = options;
        this.replies = replies;
        this.waiters = waiters;
        this.batches = new BatchPool(store);
    }

    boolean hasFlights() {
        return !flights.isEmpty();
    }

    /** Whether nothing is under way that could raise the local tail, and nothing ever will be. */
    boolean isLocalTailFinal() {
        return !state.acceptsWrites() && flights.isEmpty();
    }

    /** Writes the records of a store that was decided to be written. */
    void store(Task task, Request.Store request, long last) {
        boolean carriesGlobalTail = isGlobalTailDue();
        WriteBatch batch = null;
        Commit commit;
        try {
            batch = batches.take();
            encode(batch, request, carriesGlobalTail);
            commit = store.append(batch, options.durability());
        } catch (StoreException e) {
            replies.send(task, refused(batch, e));
            return;
        }
        flights.addLast(new Flight.StoreFlight(commit, batch, task, last, chain));
        chainEnd = commit;
        state.storeStaged(last, request.sequencer());
        if (carriesGlobalTail) {
            state.globalTailStaged();
            globalTailIsDue = false;
        }
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
        long logletId = state.logletId();
        long offset = request.firstOffset();
        List<LogRecord> payloads = request.payloads();
        for (int i = 0; i < payloads.size(); i++) {
            LogRecord record = payloads.get(i);
            try {
                batch.put(
                        AttributeDescriptor.SPACE,
                        logletId,
                        offset + i,
                        encoder.header(record),
                        record.body());
            } catch (IllegalStateException | WrongThreadException e) {
                throw new StoreException.Invalid(
                        "the body of record %d cannot be read: %s".formatted(offset + i, e));
            }
        }
        if (chainEnd != null) {
            batch.onlyAfter(chainEnd);
        }
    }

    private void attribute(WriteBatch batch, int id, MemorySegment value) {
        batch.attribute(AttributeDescriptor.SPACE, state.logletId(), id, value);
    }

    /** Answers a store once the seal under way is durable, or has failed. */
    void awaitSeal(Task task) {
        sealWaiters.add(task);
    }

    /** Seals the loglet, or joins the seal under way. */
    void seal(Task task) {
        if (!state.isSealUnderWay()) {
            WriteBatch batch = null;
            Commit commit;
            try {
                batch = batches.take();
                attribute(
                        batch,
                        AttributeDescriptor.SEAL_ID,
                        AttributeDescriptor.seal(options.clock().instant()));
                commit = store.append(batch, Durability.DURABLE);
            } catch (StoreException e) {
                replies.send(task, refused(batch, e));
                return;
            }
            flights.addLast(new Flight.SealFlight(commit, batch));
            state.sealStaged();
        }
        sealWaiters.add(task);
    }

    /** Trims up to an offset that was checked. */
    void trim(Task task, long to) {
        WriteBatch batch = null;
        Commit commit;
        state.trimStaged(to);
        try {
            batch = batches.take();
            batch.trim(AttributeDescriptor.SPACE, state.logletId(), to);
            commit = store.append(batch, options.durability());
        } catch (StoreException e) {
            state.trimRefused();
            replies.send(task, refused(batch, e));
            return;
        }
        flights.addLast(new Flight.TrimFlight(commit, batch, task, to));
    }

    /** Lets the next batch carry the known global tail however little it moved. */
    void hurryGlobalTail() {
        globalTailIsDue = true;
    }

    /** Writes the known global tail by itself if that is due and no store took it along. */
    void maybePersistGlobalTail() {
        boolean isDue = globalTailIsDue && state.unpersistedGlobalTail() > 0;
        globalTailIsDue = false;
        if (!isDue || !state.acceptsWrites()) {
            return;
        }
        WriteBatch batch = null;
        Commit commit;
        try {
            batch = batches.take();
            attribute(
                    batch,
                    AttributeDescriptor.GLOBAL_TAIL_ID,
                    AttributeDescriptor.globalTail(state.globalTail()));
            commit = store.append(batch, options.durability());
        } catch (StoreException e) {
            refused(batch, e);
            return;
        }
        flights.addLast(new Flight.GlobalTailFlight(commit, batch));
        state.globalTailStaged();
    }

    private boolean isGlobalTailDue() {
        long ahead = state.unpersistedGlobalTail();
        return ahead >= GLOBAL_TAIL_STEP || (globalTailIsDue && ahead > 0);
    }

    /** Has {@code watcher} told when the oldest flight can land; false when one can already. */
    boolean watch(Commit.Listener watcher) {
        Flight oldest = flights.peekFirst();
        if (oldest != null && oldest.commit() != watched) {
            watched = oldest.commit();
            watched.whenDone(watcher);
        }
        return oldest == null || !oldest.commit().isDone();
    }

    /** Lets the flights land whose commits are done; whether there were any. */
    boolean land() {
        boolean landed = false;
        Flight flight;
        while ((flight = flights.peekFirst()) != null && flight.commit().isDone()) {
            flights.removeFirst();
            batches.give(flight.batch());
            StoreException failure = flight.commit().failure();
            if (failure == null) {
                committed(flight);
            } else {
                failed(flight, failure);
            }
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

    private void committed(Flight flight) {
        switch (flight) {
            case Flight.StoreFlight stored -> {
                state.storeCommitted(stored.last());
                if (stored.commit() == chainEnd) {
                    chainEnd = null;
                }
                replies.sendStored(
                        stored.task(),
                        Status.OK,
                        stored.isRepair() ? StoreLabel.REPAIR : StoreLabel.OK);
            }
            case Flight.SealFlight _ -> {
                state.sealCommitted();
                answerSealWaiters(Status.OK, Status.SEALED);
                waiters.sealed();
            }
            case Flight.TrimFlight trimmed -> {
                state.trimCommitted(trimmed.to());
                replies.send(trimmed.task(), Status.OK);
            }
            case Flight.GlobalTailFlight _ -> {}
        }
    }

    private void failed(Flight flight, StoreException failure) {
        Status status = note(failure);
        switch (flight) {
            case Flight.StoreFlight stored -> {
                if (stored.chain() == chain) {
                    endChain(status);
                }
                replies.send(stored.task(), status);
            }
            case Flight.SealFlight _ -> {
                state.sealRefused();
                answerSealWaiters(status, status);
            }
            case Flight.TrimFlight trimmed -> {
                state.trimRefused();
                replies.send(trimmed.task(), status);
            }
            case Flight.GlobalTailFlight _ -> state.globalTailRefused();
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
        for (Task task : sealWaiters) {
            replies.send(task, task.request instanceof Request.Seal ? seals : stores);
        }
        sealWaiters.clear();
    }

    /** Takes back the batch of an append that was refused at once. */
    private Status refused(@Nullable WriteBatch batch, StoreException failure) {
        if (batch != null) {
            batches.give(batch);
        }
        return note(failure);
    }

    private Status note(StoreException failure) {
        Status status = Replies.status(failure);
        if (status == Status.DISABLED && state.acceptsWrites()) {
            state.writesStopped();
            boolean isExpected = failure instanceof StoreException.Closed;
            LOGGER.log(
                    isExpected ? System.Logger.Level.DEBUG : System.Logger.Level.ERROR,
                    "loglet " + Long.toUnsignedString(state.logletId()) + " takes no more writes",
                    failure);
        }
        return status;
    }

    /** Frees the batches. Nothing may be under way. */
    void close() {
        batches.close();
    }
}
