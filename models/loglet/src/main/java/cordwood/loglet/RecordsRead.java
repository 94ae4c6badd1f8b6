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
     * What is gathered is bounded by the byte limit, whatever range was asked for: a record is charged
     * its encoded size, a gap what two offsets take, and neighbouring filtered offsets are one gap. A
     * skipped offset is a hole, unless the loglet was trimmed past it since the walk began: then all
     * that was gathered is from before that trim, and the read starts over behind it.
     */
    private static final int GAP_BYTES = 16;

    private final StreamStore store;
    private final Request.GetRecords request;
    private final ResponseHeader header;
    private final long byteLimit;
    private final LongSupplier trimPoint;
    private final RecordDecoder decoder;
    private final long to;

    private final List<RecordEntry> entries = new ArrayList<>();
    private long chargedBytes;
    private boolean hasRecord;
    private long filteredFrom;
    private long filteredTo;

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
            LongSupplier trimPoint) {
        this.store = store;
        this.request = request;
        this.header = header;
        this.byteLimit = byteLimit;
        this.trimPoint = trimPoint;
        this.decoder = new RecordDecoder(request.header().logletId());
        this.to = Math.min(request.to(), header.localTail() - 1);
    }

    Response.Records run() {
        while (true) {
            long trimmedTo = trimPoint.getAsLong();
            long from = Math.max(request.from(), trimmedTo + 1);
            startOver();
            if (from > request.from()) {
                gather(new RecordEntry.TrimGap(request.from(), trimmedTo), GAP_BYTES);
            }
            long next = from > to ? from : scan(from);
            if (next != LogletOffset.INVALID) {
                closeFilteredGap();
                return new Response.Records(header, next, List.copyOf(entries));
            }
        }
    }

    /** Gathers from {@code from}; the next offset to read, or INVALID when overtaken by a trim. */
    private long scan(long from) {
        long expected = from;
        try (Cursor cursor = openCursor(from)) {
            while (cursor.next()) {
                long offset = cursor.position();
                if (offset > expected && trimPoint.getAsLong() >= expected) {
                    return LogletOffset.INVALID;
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
        boolean overtaken = expected <= to && trimPoint.getAsLong() >= expected;
        return overtaken ? LogletOffset.INVALID : to + 1;
    }

    private Cursor openCursor(long from) {
        return store.read(
                AttributeDescriptor.SPACE, request.header().logletId(), from, to, Order.FORWARD);
    }

    private boolean gatherRecord(long offset, long encodedBytes) {
        if (hasRecord && chargedBytes + encodedBytes > byteLimit) {
            return false;
        }
        closeFilteredGap();
        gather(new RecordEntry.Data(offset, decoder.record()), encodedBytes);
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
        closeFilteredGap();
        chargedBytes += GAP_BYTES;
        filteredFrom = offset;
        filteredTo = offset;
        return true;
    }

    private void closeFilteredGap() {
        if (filteredTo != LogletOffset.INVALID) {
            entries.add(new RecordEntry.FilteredGap(filteredFrom, filteredTo));
            filteredTo = LogletOffset.INVALID;
        }
    }

    private void gather(RecordEntry entry, long bytes) {
        entries.add(entry);
        chargedBytes += bytes;
    }

    private void startOver() {
        entries.clear();
        chargedBytes = 0;
        hasRecord = false;
        filteredTo = LogletOffset.INVALID;
    }
}
