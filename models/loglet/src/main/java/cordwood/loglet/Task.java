package cordwood.loglet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request on its way through a worker. */
final class Task {

    /** What a request is charged beside its bodies. */
    static final long REQUEST_BYTES = 256;

    /** What one that waits for a tail is charged. */
    static final long WAITER_BYTES = 512;

    private static final long RECORD_BYTES = 96;

    private static final VarHandle ANSWERED;
    private static final VarHandle CANCELLED;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            ANSWERED = lookup.findVarHandle(Task.class, "answered", boolean.class);
            CANCELLED = lookup.findVarHandle(Task.class, "cancelled", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final NodeId peer;
    final Request request;
    final ReplyTo replyTo;

    /** The task that this one gives up; it is no request then and nobody is told. */
    final @Nullable Task cancels;

    /** Whether the request lacks something; nothing but its kind may be looked at then. */
    final boolean isMalformed;

    /** Bytes of the bodies that it brings along. */
    final long bodyBytes;

    /** What it takes at the door until it is answered. */
    final long chargedBytes;

    /** Link of the inbox or of the one queue that the task is in, which owns it. */
    @Nullable Task next;

    /** Until when it waits for room in the store or for a tail. Confined to the worker. */
    long deadlineMillis;

    /** Where it waits for a tail. Confined to the worker. */
    TailWaiters.@Nullable Place place;

    @SuppressWarnings("UnusedVariable") // through ANSWERED
    private boolean answered;

    @SuppressWarnings("UnusedVariable") // through CANCELLED
    private boolean cancelled;

    Task(NodeId peer, Request request, ReplyTo replyTo) {
        Request wellFormed = WellFormed.of(peer, request);
        this.peer = peer;
        this.request = wellFormed == null ? request : wellFormed;
        this.replyTo = replyTo;
        this.cancels = null;
        this.isMalformed = wellFormed == null;
        this.bodyBytes = wellFormed instanceof Request.Store store ? bodyBytes(store) : 0;
        this.chargedBytes =
                switch (this.request) {
                    case Request.Store _ ->
                            REQUEST_BYTES + RECORD_BYTES * recordCount() + bodyBytes;
                    case Request.WaitForTail _ -> WAITER_BYTES;
                    default -> REQUEST_BYTES;
                };
    }

    private Task(Task cancels) {
        this.peer = cancels.peer;
        this.request = cancels.request;
        this.replyTo = ReplyTo.NOBODY;
        this.cancels = cancels;
        this.isMalformed = false;
        this.bodyBytes = 0;
        this.chargedBytes = 0;
    }

    /** What gives this task up; null when that was asked for already. */
    @Nullable Task cancel() {
        Task cancel = new Task(this);
        return CANCELLED.compareAndSet(this, false, true) ? cancel : null;
    }

    /** Whether the caller is the one who answers: true once, whoever asks. */
    boolean claimAnswer() {
        return ANSWERED.compareAndSet(this, false, true);
    }

    boolean isAnswered() {
        return (boolean) ANSWERED.getAcquire(this);
    }

    private static long bodyBytes(Request.Store store) {
        long bytes = 0;
        for (int i = 0; i < store.payloads().size(); i++) {
            // a share of what a number holds, for each of as many as a list holds
            bytes += Math.min(store.payloads().get(i).body().byteSize(), Long.MAX_VALUE >> 32);
        }
        return bytes;
    }

    /** Records that it brings along; 0 where it is malformed. */
    int recordCount() {
        return !isMalformed && request instanceof Request.Store store ? store.payloads().size() : 0;
    }

    /**
     * The answer that says nothing but its header: to a store all there is, to the others a
     * refusal.
     *
     * @return null where the request is never answered
     */
    @Nullable Response answer(ResponseHeader header) {
        return switch (request) {
            case Request.Store _ -> new Response.Stored(header);
            case Request.GetRecords read -> new Response.Records(header, read.from(), List.of());
            case Request.Release _ -> null;
            case Request.Seal _ -> new Response.Sealed(header);
            case Request.GetLogletInfo _ -> new Response.LogletInfo(header, LogletOffset.INVALID);
            case Request.Trim _ -> new Response.Trimmed(header);
            case Request.WaitForTail _ -> new Response.TailUpdated(header);
            case Request.GetDigest digest -> new Response.Digest(header, digest.from(), List.of());
        };
    }
}
