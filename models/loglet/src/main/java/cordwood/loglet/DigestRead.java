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

    /** What it takes of the heap. */
    private static final int ENTRY_HEAP_BYTES = 64;

    private final StreamStore store;
    private final Request.GetDigest request;
    private final ResponseHeader header;
    private final long entriesMax;
    private final ReaderPool.Room room;
    private final LongSupplier trimPoint;
    private final long to;
    private final long end;
    private final List<DigestEntry> entries = new ArrayList<>();
    private long firstSkipped;

    /** As {@link RecordsRead}. */
    DigestRead(
            StreamStore store,
            Request.GetDigest request,
            ResponseHeader header,
            long byteLimit,
            ReaderPool.Room room,
            LongSupplier trimPoint) {
        this.store = store;
        this.request = request;
        this.header = header;
        this.entriesMax = Math.max(2, byteLimit / ENTRY_BYTES);
        this.room = room;
        this.trimPoint = trimPoint;
        this.to = Math.min(request.to(), header.localTail() - 1);
        this.end = Math.min(request.to(), LogletOffset.LAST) + 1;
    }

    Response.Digest run() {
        long trimPoint = this.trimPoint.getAsLong();
        while (true) {
            long trimmedTo = Math.min(trimPoint, request.to());
            long from = Math.max(request.from(), trimmedTo + 1);
            room.startOver();
            entries.clear();
            firstSkipped = LogletOffset.INVALID;
            if (trimmedTo >= request.from()) {
                room.hold(ENTRY_HEAP_BYTES);
                entries.add(new DigestEntry(request.from(), trimmedTo, DigestEntry.State.TRIMMED));
            }
            long next = from > to ? end : scan(from);
            if (firstSkipped != LogletOffset.INVALID) {
                trimPoint = LogletState.trimPoint(store, request.header().logletId());
            }
            if (firstSkipped == LogletOffset.INVALID || firstSkipped > trimPoint) {
                return new Response.Digest(header, next, List.copyOf(entries));
            }
        }
    }

    /** Gathers from {@code from}, and notes the first offset that is not there; where to ask on. */
    private long scan(long from) {
        long runFrom = from;
        long expected = from;
        try (Cursor cursor = openCursor(from)) {
            while (cursor.next()) {
                long offset = cursor.position();
                if (offset > expected) {
                    noteSkipped(expected);
                    if (!endRun(runFrom, expected)) {
                        return runFrom;
                    }
                    if (entries.size() >= entriesMax) {
                        return offset;
                    }
                    runFrom = offset;
                }
                expected = offset + 1;
            }
        }
        if (expected <= to) {
            noteSkipped(expected);
        }
        return endRun(runFrom, expected) ? end : runFrom;
    }

    private void noteSkipped(long offset) {
        if (firstSkipped == LogletOffset.INVALID) {
            firstSkipped = offset;
        }
    }

    private Cursor openCursor(long from) {
        return store.read(
                AttributeDescriptor.SPACE, request.header().logletId(), from, to, Order.FORWARD);
    }

    /** Adds a run, if there is one; false when there is no room for it. */
    private boolean endRun(long from, long end) {
        if (end == from) {
            return true;
        }
        if (entries.isEmpty()) {
            room.hold(ENTRY_HEAP_BYTES);
        } else if (!room.tryHold(ENTRY_HEAP_BYTES)) {
            return false;
        }
        entries.add(new DigestEntry(from, end - 1, DigestEntry.State.EXISTS));
        return true;
    }
}
