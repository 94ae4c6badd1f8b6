package cordwood.loglet;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request on its way through a worker. */
final class Task {

    /** What a request is charged beside its bodies. */
    private static final long REQUEST_BYTES = 256;

    private static final long RECORD_BYTES = 96;

    final NodeId peer;
    final Request request;
    final ReplyTo replyTo;

    /** Bytes of the bodies that it brings along. */
    final long bodyBytes;

    /** What it takes of the budget until it is answered. */
    final long chargedBytes;

    /** Link of the inbox, which owns it. */
    @Nullable Task next;

    Task(NodeId peer, Request request, ReplyTo replyTo) {
        this.peer = peer;
        this.request = request;
        this.replyTo = replyTo;
        if (request instanceof Request.Store store) {
            bodyBytes = bodyBytes(store);
            chargedBytes = REQUEST_BYTES + RECORD_BYTES * store.payloads().size() + bodyBytes;
        } else {
            bodyBytes = 0;
            chargedBytes = REQUEST_BYTES;
        }
    }

    private static long bodyBytes(Request.Store store) {
        long bytes = 0;
        for (int i = 0; i < store.payloads().size(); i++) {
            bytes += store.payloads().get(i).body().byteSize();
        }
        return bytes;
    }

    int recordCount() {
        return request instanceof Request.Store store ? store.payloads().size() : 0;
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
