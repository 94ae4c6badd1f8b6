package cordwood.loglet;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks whether a request has all its parts, before anybody relies on them. */
@SuppressWarnings("ReferenceEquality") // a list that need not be copied is itself
final class WellFormed {

    private WellFormed() {}

    /**
     * The request as it is from now on, whatever its sender does to a list of his; null when it is
     * malformed.
     */
    static @Nullable Request of(NodeId peer, Request request) {
        if (peer == null || request.header() == null) {
            return null;
        }
        return switch (request) {
            case Request.Store store -> store(store);
            case Request.GetRecords read -> read.filter() == null ? null : read;
            case Request.WaitForTail waiting -> waiting.query() == null ? null : waiting;
            case Request.Release _,
                    Request.Seal _,
                    Request.GetLogletInfo _,
                    Request.Trim _,
                    Request.GetDigest _ ->
                    request;
        };
    }

    private static Request.@Nullable Store store(Request.Store store) {
        List<LogRecord> payloads = copy(store.payloads());
        if (store.sequencer() == null || payloads == null) {
            return null;
        }
        for (int i = 0; i < payloads.size(); i++) {
            LogRecord record = payloads.get(i);
            if (record.keys() == null || record.body() == null) {
                return null;
            }
        }
        return payloads == store.payloads() ? store : store.withPayloads(payloads);
    }

    private static @Nullable List<LogRecord> copy(@Nullable List<LogRecord> payloads) {
        try {
            return payloads == null ? null : List.copyOf(payloads);
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (Throwable _) { // a null among them, or a list that throws
            return null;
        }
    }
}
