package cordwood.loglet;

import cordwood.store.Cursor;
import cordwood.store.Order;
import cordwood.store.StreamStore;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** One {@link Request.GetDigest}. Runs beside the worker. */
final class DigestRead {

    /** What a run takes of the byte limit. */
    private static final int ENTRY_BYTES = 24;

    private final StreamStore store;
    private final Request.GetDigest request;
    private final ResponseHeader header;
    private final long entriesMax;
    private final LongSupplier trimPoint;
    private final long to;
    private final List<DigestEntry> entries = new ArrayList<>();

    /** As {@link RecordsRead}. */
    DigestRead(
            StreamStore store,
            Request.GetDigest request,
            ResponseHeader header,
            long byteLimit,
            LongSupplier trimPoint) {
        this.store = store;
        this.request = request;
        this.header = header;
        this.entriesMax = Math.max(2, byteLimit / ENTRY_BYTES);
        this.trimPoint = trimPoint;
        this.to = Math.min(request.to(), header.localTail() - 1);
    }

    Response.Digest run() {
        while (true) {
            long trimmedTo = Math.min(trimPoint.getAsLong(), request.to());
            long from = Math.max(request.from(), trimmedTo + 1);
            entries.clear();
            if (trimmedTo >= request.from()) {
                entries.add(new DigestEntry(request.from(), trimmedTo, DigestEntry.State.TRIMMED));
            }
            long next = from > to ? request.to() + 1 : scan(from);
            if (next != LogletOffset.INVALID) {
                return new Response.Digest(header, next, List.copyOf(entries));
            }
        }
    }

    /** Gathers from {@code from}; where to go on, or INVALID when overtaken by a trim. */
    private long scan(long from) {
        long runFrom = from;
        long expected = from;
        try (Cursor cursor = openCursor(from)) {
            while (cursor.next()) {
                long offset = cursor.position();
                if (offset > expected) {
                    if (trimPoint.getAsLong() >= expected) {
                        return LogletOffset.INVALID;
                    }
                    endRun(runFrom, expected);
                    if (entries.size() >= entriesMax) {
                        return offset;
                    }
                    runFrom = offset;
                }
                expected = offset + 1;
            }
        }
        if (expected <= to && trimPoint.getAsLong() >= expected) {
            return LogletOffset.INVALID;
        }
        endRun(runFrom, expected);
        return request.to() + 1;
    }

    private Cursor openCursor(long from) {
        return store.read(
                AttributeDescriptor.SPACE, request.header().logletId(), from, to, Order.FORWARD);
    }

    private void endRun(long from, long end) {
        if (end > from) {
            entries.add(new DigestEntry(from, end - 1, DigestEntry.State.EXISTS));
        }
    }
}
