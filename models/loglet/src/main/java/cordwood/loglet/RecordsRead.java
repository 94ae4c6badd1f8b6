package cordwood.loglet;

import cordwood.store.Cursor;
import cordwood.store.Order;
import cordwood.store.StreamStore;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** One {@link Request.GetRecords}. Runs beside the worker. */
final class RecordsRead {

    /*
     * What is gathered is bounded twice: its encoding by the byte limit, whatever range was asked for,
     * and what it holds on the heap by the room that reads have together. A record is charged its
     * encoded size, a gap what two offsets take, and neighbouring filtered offsets are one gap.
     *
     * A skipped offset is a hole, unless the loglet was trimmed past it since the walk began: then all
     * that was gathered is from before that trim, and the read starts over behind it. Only the store
     * can tell, since it hides what is trimmed before the worker hears of it.
     */
    private static final int GAP_BYTES = 16;

    /** What an entry takes of the heap beside the encoded bytes. */
    static final int ENTRY_HEAP_BYTES = 192;

    private final StreamStore store;
    private final Request.GetRecords request;
    private final ResponseHeader header;
    private final long byteLimit;
    private final ReaderPool.Room room;
    private final LongSupplier trimPoint;
    private final RecordDecoder decoder;
    private final long to;

    private final List<RecordEntry> entries = new ArrayList<>();
    private long chargedBytes;
    private boolean hasRecord;
    private long filteredFrom;
    private long filteredTo;
    private long firstSkipped;

    /**
     * @param header the loglet when the request was taken
     * @param byteLimit most bytes to gather, except for a first record that is larger
     * @param trimPoint the loglet's trim point at any moment
     */
    RecordsRead(
            StreamStore store,
            Request.GetRecords request,
            ResponseHeader header,
            long byteLimit,
            ReaderPool.Room room,
            LongSupplier trimPoint) {
        this.store = store;
        this.request = request;
        this.header = header;
        this.byteLimit = byteLimit;
        this.room = room;
        this.trimPoint = trimPoint;
        this.decoder = new RecordDecoder(request.header().logletId());
        this.to = Math.min(request.to(), header.localTail() - 1);
    }

    Response.Records run() {
        long trimmedTo = trimPoint.getAsLong();
        while (true) {
            long from = Math.max(request.from(), trimmedTo + 1);
            startOver();
            if (from > request.from()) {
                room.hold(GAP_BYTES + ENTRY_HEAP_BYTES);
                entries.add(new RecordEntry.TrimGap(request.from(), trimmedTo));
                chargedBytes += GAP_BYTES;
            }
            long next = from > to ? from : scan(from);
            if (firstSkipped != LogletOffset.INVALID) {
                trimmedTo = LogletState.trimPoint(store, request.header().logletId());
            }
            if (firstSkipped == LogletOffset.INVALID || firstSkipped > trimmedTo) {
                closeFilteredGap();
                return new Response.Records(header, next, List.copyOf(entries));
            }
        }
    }

    /**
     * Gathers from {@code from}, and notes the first offset that is not there; where to read on.
     */
    private long scan(long from) {
        long expected = from;
        try (Cursor cursor = openCursor(from)) {
            while (cursor.next()) {
                long offset = cursor.position();
                if (offset > expected) {
                    noteSkipped(expected);
                }
                decoder.wrap(offset, cursor.value());
                boolean hasRoom =
                        request.filter().matches(decoder.keys())
                                ? gatherRecord(offset, cursor.value().byteSize())
                                : gatherFiltered(offset);
                if (!hasRoom) {
                    return offset;
                }
                expected = offset + 1;
            }
        }
        if (expected <= to) {
            noteSkipped(expected);
        }
        return to + 1;
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

    private boolean gatherRecord(long offset, long encodedBytes) {
        if (hasRecord && chargedBytes + encodedBytes > byteLimit) {
            return false;
        }
        if (!hasRoomFor(encodedBytes)) {
            return false;
        }
        closeFilteredGap();
        entries.add(new RecordEntry.Data(offset, decoder.record()));
        chargedBytes += encodedBytes;
        hasRecord = true;
        return true;
    }

    private boolean gatherFiltered(long offset) {
        if (filteredTo != LogletOffset.INVALID && filteredTo + 1 == offset) {
            filteredTo = offset;
            return true;
        }
        boolean isFirst = entries.isEmpty() && filteredTo == LogletOffset.INVALID;
        if (!isFirst && chargedBytes + GAP_BYTES > byteLimit) {
            return false;
        }
        if (!hasRoomFor(GAP_BYTES)) {
            return false;
        }
        closeFilteredGap();
        chargedBytes += GAP_BYTES;
        filteredFrom = offset;
        filteredTo = offset;
        return true;
    }

    /** Takes the room for an entry; the first has it, or the read is refused. */
    private boolean hasRoomFor(long bytes) {
        if (entries.isEmpty() && filteredTo == LogletOffset.INVALID) {
            room.hold(bytes + ENTRY_HEAP_BYTES);
            return true;
        }
        return room.tryHold(bytes + ENTRY_HEAP_BYTES);
    }

    private void closeFilteredGap() {
        if (filteredTo != LogletOffset.INVALID) {
            entries.add(new RecordEntry.FilteredGap(filteredFrom, filteredTo));
            filteredTo = LogletOffset.INVALID;
        }
    }

    private void startOver() {
        room.startOver();
        entries.clear();
        chargedBytes = 0;
        hasRecord = false;
        filteredTo = LogletOffset.INVALID;
        firstSkipped = LogletOffset.INVALID;
    }
}
