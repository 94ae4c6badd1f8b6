package cordwood.loglet;

import cordwood.store.Commit;
import cordwood.store.GuardedStep;
import cordwood.store.StepExecutor;
import cordwood.store.StoreException;
import cordwood.store.StreamStore;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One loglet: takes its requests in order and answers each once. Thread-safe. */
public final class LogletWorker {

    /*
     * One step owns the loglet: it empties the inbox, decides, appends without waiting, and lands what
     * is committed. It is woken by whoever fills the empty inbox and by the oldest commit under way;
     * the commits behind that one need no watching, since they are done in order.
     */
    private static final System.Logger LOGGER = System.getLogger(LogletWorker.class.getName());

    /** How many requests are taken before finished commits are looked at again. */
    private static final int TASKS_PER_LANDING = 64;

    // final after construction
    private final LogletState state;
    private final StreamStore store;
    private final LogletOptions options;
    private final ByteBudget inFlight;
    private final ReaderPool readers;
    private final StoreCounters counters = new StoreCounters();
    private final Replies replies;
    private final StepExecutor.Handle handle;

    // shared
    private final Inbox inbox = new Inbox();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean persistRequested;
    private volatile boolean closeRequested;

    // confined to the step
    private final TailWaiters waiters;
    private final LogletWriter writer;
    private final Commit.Listener watcher = _ -> wake();
    private @Nullable Task taken; // and behind it what else was in the inbox
    private boolean inboxIsClosed;
    private boolean isSayingGoodbye;

    @SuppressWarnings("this-escape") // the step finds an empty inbox until the first request
    LogletWorker(
            LogletState state,
            StreamStore store,
            LogletOptions options,
            ByteBudget inFlight,
            ReaderPool readers) {
        this.state = state;
        this.store = store;
        this.options = options;
        this.inFlight = inFlight;
        this.readers = readers;
        this.replies = new Replies(state, inFlight, counters);
        this.waiters = new TailWaiters(state, replies::send);
        this.writer = new LogletWriter(state, store, options, replies, waiters);
        this.handle =
                options.steps()
                        .start(
                                "loglet-" + Long.toUnsignedString(state.logletId()),
                                new GuardedStep(this::step, this::stopByBug));
    }

    /** The loglet's number. */
    public long logletId() {
        return state.logletId();
    }

    /**
     * Hands a request over and returns; never blocks. Requests of one thread are taken in order.
     *
     * @param peer who sent it
     * @param replyTo is told the answer, exactly once
     */
    public void submit(NodeId peer, Request request, ReplyTo replyTo) {
        Task task = new Task(peer, request, replyTo);
        if (!inFlight.tryAcquire(task.chargedBytes)) {
            replies.refuse(task, Status.DROPPED);
            return;
        }
        switch (inbox.push(task)) {
            case FIRST -> handle.wake();
            case BEHIND_OTHERS -> {}
            case REFUSED -> {
                inFlight.release(task.chargedBytes);
                replies.refuse(task, Status.DISABLED);
            }
        }
    }

    /** Lets the known global tail be written down soon, if it moved. */
    void persistGlobalTail() {
        persistRequested = true;
        wake();
    }

    /** Refuses later requests, and answers what was accepted: {@link #awaitClosed}. */
    void beginClose() {
        closeRequested = true;
        wake();
    }

    /** Waits until everything was answered and written, and stops the step. */
    void awaitClosed() {
        boolean interrupted = false;
        while (closed.getCount() > 0) {
            try {
                closed.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        handle.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    LogletMetrics.Count count(StoreLabel label) {
        return counters.count(label);
    }

    private void wake() {
        handle.wake();
    }

    private boolean step() {
        if (closed.getCount() == 0) {
            return false;
        }
        boolean worked = takeTasks();
        if (persistRequested) {
            persistRequested = false;
            writer.hurryGlobalTail();
        }
        writer.maybePersistGlobalTail();
        worked |= writer.land();
        if (inboxIsClosed && !writer.hasFlights()) {
            return finish();
        }
        return worked || !writer.watch(watcher);
    }

    private @Nullable Task nextTasks() {
        if (closeRequested && !inboxIsClosed) {
            inboxIsClosed = true;
            return inbox.close();
        }
        return inboxIsClosed ? null : inbox.takeAll();
    }

    private boolean takeTasks() {
        if (taken == null) { // else the last pass was cut short
            taken = nextTasks();
        }
        int count = 0;
        Task task;
        while ((task = taken) != null) {
            taken = task.next;
            task.next = null;
            take(task);
            if (++count % TASKS_PER_LANDING == 0) {
                writer.land();
            }
        }
        return count > 0;
    }

    /** Writes the known global tail a last time, and when that has landed ends. */
    private boolean finish() {
        if (!isSayingGoodbye) {
            isSayingGoodbye = true;
            writer.hurryGlobalTail();
            return true;
        }
        waiters.close();
        writer.close();
        closed.countDown();
        return false;
    }

    private void take(Task task) {
        try {
            dispatch(task);
        } catch (Throwable e) {
            stopByBug(e);
            replies.send(task, Status.DISABLED);
        }
    }

    private void stopByBug(Throwable bug) {
        state.writesStopped();
        LOGGER.log(
                System.Logger.Level.ERROR,
                "loglet " + Long.toUnsignedString(logletId()) + " stopped by a bug",
                bug);
    }

    private void dispatch(Task task) {
        RequestHeader header = task.request.header();
        if (header.logletId() != logletId()) {
            replies.send(task, Status.MALFORMED);
            return;
        }
        if (state.raiseGlobalTail(header.knownGlobalTail())) {
            waiters.tailsRose();
        }
        switch (task.request) {
            case Request.Store request -> store(task, request);
            case Request.GetRecords request -> getRecords(task, request);
            case Request.Release _ -> replies.send(task, Status.OK);
            case Request.Seal _ -> seal(task);
            case Request.GetLogletInfo _ ->
                    replies.send(
                            task,
                            new Response.LogletInfo(state.header(Status.OK), state.trimPoint()));
            case Request.Trim request -> trim(task, request);
            case Request.WaitForTail request -> waitForTail(task, request);
            case Request.GetDigest request -> getDigest(task, request);
        }
    }

    private void store(Task task, Request.Store request) {
        boolean expired =
                request.timeoutAtMillis() != Request.Store.NO_TIMEOUT
                        && options.clock().millis() >= request.timeoutAtMillis();
        switch (StoreDecision.decide(state, task.peer, request, expired)) {
            case StoreDecision.Answer answer ->
                    replies.sendStored(task, answer.status(), answer.label());
            case StoreDecision.AwaitTail(long target) -> waiters.addDuplicate(target, task);
            case StoreDecision.AwaitSeal _ -> writer.awaitSeal(task);
            case StoreDecision.Append(long last) -> writer.store(task, request, last);
        }
    }

    private void seal(Task task) {
        if (state.isSealed()) {
            replies.send(task, Status.OK);
        } else if (!state.acceptsWrites()) {
            replies.send(task, Status.DISABLED);
        } else {
            writer.seal(task);
        }
    }

    private void trim(Task task, Request.Trim request) {
        long to = Math.min(request.trimPoint(), state.localTail() - 1);
        if (request.trimPoint() < LogletOffset.OLDEST
                || request.trimPoint() >= Math.max(state.globalTail(), state.localTail())) {
            replies.send(task, Status.MALFORMED);
        } else if (to <= state.durableTrimPoint()) {
            replies.send(task, Status.OK);
        } else if (!state.acceptsWrites()) {
            replies.send(task, Status.DISABLED);
        } else {
            writer.trim(task, to);
        }
    }

    private void waitForTail(Task task, Request.WaitForTail request) {
        if (request.query().target() == LogletOffset.INVALID) {
            replies.send(task, Status.MALFORMED);
        } else {
            waiters.add(request.query(), task, writer.isLocalTailFinal());
        }
    }

    private void getRecords(Task task, Request.GetRecords request) {
        long byteLimit = readers.byteLimit(request.byteLimit());
        ResponseHeader header = state.header(Status.OK);
        read(
                task,
                request.from(),
                request.to(),
                byteLimit,
                () -> new RecordsRead(store, request, header, byteLimit, state::trimPoint).run());
    }

    private void getDigest(Task task, Request.GetDigest request) {
        long byteLimit = readers.byteLimit(Request.GetRecords.NO_LIMIT);
        ResponseHeader header = state.header(Status.OK);
        read(
                task,
                request.from(),
                request.to(),
                byteLimit,
                () -> new DigestRead(store, request, header, byteLimit, state::trimPoint).run());
    }

    private void read(Task task, long from, long to, long byteLimit, Supplier<Response> response) {
        if (from < LogletOffset.OLDEST || from > to) {
            replies.send(task, Status.MALFORMED);
        } else if (!readers.tryStart(byteLimit, () -> runRead(task, response))) {
            replies.send(task, Status.DROPPED);
        }
    }

    private void runRead(Task task, Supplier<Response> read) {
        Response response;
        try {
            response = read.get();
        } catch (Throwable e) {
            if (!(e instanceof StoreException.Closed)) {
                LOGGER.log(
                        System.Logger.Level.ERROR,
                        "a read of loglet " + Long.toUnsignedString(logletId()) + " failed",
                        e);
            }
            response = task.answer(state.header(Status.DISABLED));
        }
        replies.send(task, response);
    }
}
