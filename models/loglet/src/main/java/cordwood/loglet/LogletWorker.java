package cordwood.loglet;

import cordwood.store.Commit;
import cordwood.store.GuardedStep;
import cordwood.store.HeapPause;
import cordwood.store.StackRoom;
import cordwood.store.StepExecutor;
import cordwood.store.StoreException;
import cordwood.store.StreamStore;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One loglet: takes its requests in order and answers each once. Thread-safe. */
public final class LogletWorker {

    /*
     * One step owns the loglet: it empties the inbox, decides, appends without waiting, and lands what
     * is committed. It is woken by whoever fills the empty inbox and by the oldest commit under way;
     * the commits behind that one need no watching, since they are done in order.
     *
     * What the store has no room for waits undecided (WritesHeld) while everything else is served,
     * and is decided when it is tried again.
     */

    /** How many requests are taken before finished commits are looked at again. */
    private static final int TASKS_PER_LANDING = 64;

    // final after construction
    private final LogletState state;
    private final StreamStore store;
    private final LogletOptions options;
    private final Door door;
    private final ReaderPool readers;
    private final WriteTurns turns;
    private final StoreCounters counters = new StoreCounters();
    private final Replies replies;
    private final StepExecutor.Handle handle;

    // shared
    private final Inbox inbox = new Inbox();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean persistRequested;
    private volatile boolean closeRequested;
    private volatile boolean wakeIsOwed;
    private volatile long deadlineMillis = Long.MAX_VALUE; // written by the step

    // confined to the step
    private final TailWaiters waiters;
    private final LogletWriter writer;
    private final WritesHeld held;
    private final Commit.Listener watcher = _ -> wake();
    private @Nullable Task taken; // and behind it what else was in the inbox
    private boolean inboxIsClosed;
    private boolean isSayingGoodbye;
    private long nowMillis;

    @SuppressWarnings("this-escape") // the step finds an empty inbox until the first request
    LogletWorker(LogletState state, StreamStore store, LogletOptions options, ServerParts parts) {
        this.state = state;
        this.store = store;
        this.options = options;
        this.door = parts.door();
        this.readers = parts.readers();
        this.turns = parts.turns();
        this.replies = new Replies(state, door, counters);
        this.waiters = new TailWaiters(state, replies::send);
        this.writer = new LogletWriter(state, store, options, replies, waiters, parts.batches());
        this.held = new WritesHeld(this, turns, this::tryWrite, replies::send);
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
     * Hands a request over and returns; never blocks. Requests of one thread are taken in order,
     * but that seals and trims do not wait behind stores for which there is no room.
     *
     * <p>An Error that comes out of here, a stack or a heap at its end, says that the request was
     * not taken: nobody is told an answer then.
     *
     * @param peer who sent it
     * @param replyTo is told the answer, exactly once
     * @return by which waiting for a tail can be given up
     * @throws StoreException.Invalid where there is no request or nobody to tell
     */
    public Pending submit(NodeId peer, Request request, ReplyTo replyTo) {
        if (request == null || replyTo == null) {
            throw new StoreException.Invalid("a request, and somebody to tell, are needed");
        }
        StackRoom.requireSome();
        Task task = new Task(peer, request, replyTo);
        Pending pending =
                task.request instanceof Request.WaitForTail ? () -> cancel(task) : Pending.FIXED;
        if (task.isMalformed) {
            replies.refuse(task, Status.MALFORMED);
        } else if (!door.tryEnter(task)) {
            replies.refuse(task, Status.DROPPED);
        } else if (!push(task)) {
            replies.send(task, Status.DISABLED);
        }
        return pending;
    }

    private void cancel(Task task) {
        StackRoom.requireSome();
        Task cancel = task.isAnswered() ? null : task.cancel();
        if (cancel != null) {
            push(cancel); // if it is closed, everybody is told so
        }
    }

    private boolean push(Task task) {
        Inbox.Push pushed = inbox.push(task);
        if (pushed == Inbox.Push.FIRST) {
            try {
                handle.wake();
            } catch (Throwable _) { // a deep caller; the task is in
                wakeIsOwed = true;
            }
        }
        return pushed != Inbox.Push.REFUSED;
    }

    /** Lets the known global tail be written down soon, if it moved. */
    void persistGlobalTail() {
        persistRequested = true;
        wake();
    }

    /** Time has passed: wakes the step if somebody's is over. */
    void timeIs(long millis) {
        if (wakeIsOwed || deadlineMillis <= millis) {
            wakeIsOwed = false;
            wake();
        }
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

    void wake() {
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
        worked |= land();
        worked |= held.tryAgain(inboxIsClosed);
        expire();
        if (inboxIsClosed && held.isEmpty() && !writer.hasFlights()) {
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
                land();
            }
        }
        return count > 0;
    }

    private boolean land() {
        boolean landed = writer.land();
        if (landed) {
            turns.wakeFirst(); // there may be room now
        }
        return landed;
    }

    private void expire() {
        long firstMillis = Math.min(waiters.deadlineMillis(), held.deadlineMillis());
        if (firstMillis != Long.MAX_VALUE) {
            long millis = now();
            waiters.expire(millis);
            held.expire(millis);
            firstMillis = Math.min(waiters.deadlineMillis(), held.deadlineMillis());
        }
        if (firstMillis != deadlineMillis) {
            deadlineMillis = firstMillis;
        }
    }

    /** The time; what it was before, should the clock throw. */
    private long now() {
        try {
            nowMillis = options.clock().millis();
        } catch (Throwable e) {
            Report.error(logletId(), Report.Trouble.CLOCK_THREW, e);
        }
        return nowMillis;
    }

    /** As {@link #now}, as precisely as the clock says it. */
    private Instant instant() {
        try {
            return options.clock().instant();
        } catch (Throwable e) {
            Report.error(logletId(), Report.Trouble.CLOCK_THREW, e);
            return Instant.ofEpochMilli(now());
        }
    }

    /** Writes the known global tail a last time, and when that has landed ends. */
    private boolean finish() {
        if (!isSayingGoodbye) {
            isSayingGoodbye = true;
            writer.hurryGlobalTail();
            return true;
        }
        waiters.close();
        closed.countDown();
        return false;
    }

    private void take(Task task) {
        try {
            Task given = task.cancels;
            if (given != null) {
                waiters.cancel(given);
            } else {
                dispatch(task);
            }
        } catch (Throwable e) {
            fail(task, e);
        }
    }

    /** What was thrown at one request is that request's. Never throws. */
    private void fail(Task task, Throwable thrown) {
        replies.send(task, Replies.status(thrown));
        if (!(thrown instanceof StoreException)) {
            Report.error(logletId(), Report.Trouble.REQUEST_BUG, thrown);
        }
    }

    private void stopByBug(Throwable bug) {
        if (bug instanceof OutOfMemoryError) {
            HeapPause.take(); // the next pass goes on
            return;
        }
        state.writesStopped();
        Report.error(logletId(), Report.Trouble.STEP_BUG, bug);
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
            case Request.Store _, Request.Seal _, Request.Trim _ -> write(task);
            case Request.GetRecords request -> getRecords(task, request);
            case Request.Release _ -> replies.send(task, Status.OK);
            case Request.GetLogletInfo _ ->
                    replies.send(
                            task,
                            new Response.LogletInfo(state.header(Status.OK), state.trimPoint()));
            case Request.WaitForTail request -> waitForTail(task, request);
            case Request.GetDigest request -> getDigest(task, request);
        }
    }

    private void write(Task task) {
        if (!held.isAheadOf(task) && tryWrite(task)) {
            return;
        }
        if (inboxIsClosed) {
            replies.send(task, Status.DROPPED);
        } else {
            task.deadlineMillis = now() + options.roomWaitMax().toMillis();
            held.add(task);
        }
    }

    /** Writes or answers; false where the store has no room now. Never throws. */
    private boolean tryWrite(Task task) {
        if (task.isAnswered()) {
            return true;
        }
        try {
            return switch (task.request) {
                case Request.Store request -> store(task, request);
                case Request.Seal _ -> seal(task);
                case Request.Trim request -> trim(task, request);
                default -> throw new IllegalStateException("no write: " + task.request);
            };
        } catch (Throwable e) {
            fail(task, e);
            return true;
        }
    }

    private boolean store(Task task, Request.Store request) {
        boolean expired =
                request.timeoutAtMillis() != Request.Store.NO_TIMEOUT
                        && now() >= request.timeoutAtMillis();
        switch (StoreDecision.decide(state, task.peer, request, expired)) {
            case StoreDecision.Answer answer -> replies.send(task, answer.status(), answer.label());
            case StoreDecision.AwaitTail(long target) -> waiters.addDuplicate(target, task);
            case StoreDecision.AwaitSeal _ -> writer.awaitSeal(task);
            case StoreDecision.Append(long last) -> {
                return held.isTurn() && writer.store(task, request, last);
            }
        }
        return true;
    }

    private boolean seal(Task task) {
        if (state.isSealed()) {
            replies.send(task, Status.OK);
        } else if (!state.acceptsWrites()) {
            replies.send(task, Status.DISABLED);
        } else {
            return writer.seal(task, instant());
        }
        return true;
    }

    private boolean trim(Task task, Request.Trim request) {
        long to = Math.min(request.trimPoint(), state.localTail() - 1);
        if (request.trimPoint() < LogletOffset.OLDEST
                || request.trimPoint() >= Math.max(state.globalTail(), state.localTail())) {
            replies.send(task, Status.MALFORMED);
        } else if (to <= state.trimPoint()) {
            replies.send(task, Status.OK);
        } else if (!state.acceptsWrites()) {
            replies.send(task, Status.DISABLED);
        } else {
            return writer.trim(task, to);
        }
        return true;
    }

    private void waitForTail(Task task, Request.WaitForTail request) {
        if (request.query().target() == LogletOffset.INVALID) {
            replies.send(task, Status.MALFORMED);
            return;
        }
        long millis = now();
        long serversMillis = millis + options.tailWaitMax().toMillis();
        task.deadlineMillis =
                request.timeoutAtMillis() == Request.WaitForTail.NO_TIMEOUT
                        ? serversMillis
                        : Math.min(serversMillis, request.timeoutAtMillis());
        waiters.add(request.query(), task, writer.isLocalTailFinal(), millis);
    }

    private void getRecords(Task task, Request.GetRecords request) {
        long byteLimit = readers.byteLimit(request.byteLimit());
        ResponseHeader header = state.header(Status.OK);
        read(
                task,
                request.from(),
                request.to(),
                byteLimit,
                room ->
                        new RecordsRead(store, request, header, byteLimit, room, state::trimPoint)
                                .run());
    }

    private void getDigest(Task task, Request.GetDigest request) {
        long byteLimit = readers.byteLimit(Request.GetRecords.NO_LIMIT);
        ResponseHeader header = state.header(Status.OK);
        read(
                task,
                request.from(),
                request.to(),
                byteLimit,
                room ->
                        new DigestRead(store, request, header, byteLimit, room, state::trimPoint)
                                .run());
    }

    private void read(
            Task task,
            long from,
            long to,
            long byteLimit,
            Function<ReaderPool.Room, Response> read) {
        if (from < LogletOffset.OLDEST || from > to) {
            replies.send(task, Status.MALFORMED);
        } else if (!readers.tryStart(byteLimit, room -> runRead(task, read, room))) {
            replies.send(task, Status.DROPPED);
        }
    }

    private void runRead(
            Task task, Function<ReaderPool.Room, Response> read, ReaderPool.Room room) {
        Response response;
        try {
            response = read.apply(room);
        } catch (Throwable e) {
            Status status = Replies.status(e);
            replies.send(task, status);
            if (status == Status.DISABLED && !(e instanceof StoreException.Closed)) {
                Report.error(logletId(), Report.Trouble.READ_FAILED, e);
            }
            return;
        }
        replies.send(task, response);
    }
}
