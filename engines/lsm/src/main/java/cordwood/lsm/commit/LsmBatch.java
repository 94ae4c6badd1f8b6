package cordwood.lsm.commit;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import cordwood.lsm.format.Checksums;
import cordwood.lsm.format.LittleEndian;
import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.format.Stretch;
import cordwood.lsm.format.Varint;
import cordwood.lsm.wal.WalWriter;
import cordwood.store.Space;
import cordwood.store.StoreLimits;
import cordwood.store.WriteBatch;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A batch as the body of its frame in the log: the bytes are written once, here, and copied once,
 * into the memtable. Its checksum is computed by the thread that appends it.
 */
public final class LsmBatch extends WriteBatch {

    private static final int BODY_BYTES_AT_FIRST = 4 << 10;
    private static final int BODY_BYTES_KEPT = 1 << 20;
    private static final MemorySegment NOTHING = MemorySegment.ofArray(new byte[0]);

    private final Object owner;
    private byte[] body = new byte[BODY_BYTES_AT_FIRST];
    private MemorySegment segment = MemorySegment.ofArray(body);
    private int end;
    private final MemorySegment trimPoint = MemorySegment.ofArray(new byte[Long.BYTES]);

    // the last stretch, while records may still be joined to it
    private boolean open;
    private int headAt;
    private RecordKind kind = RecordKind.RECORDS;
    private int spaceId;
    private long stream;
    private long first;
    private long last;
    private int count;

    private boolean sealed;
    private int checksum;

    /** An empty batch of {@code owner}. */
    public LsmBatch(Object owner, StoreLimits limits) {
        super(limits);
        this.owner = owner;
    }

    /** Whether the batch was made by this owner. */
    @SuppressWarnings("ReferenceEquality") // an owner is itself
    public boolean isOf(Object other) {
        return owner == other;
    }

    @Override
    protected void encodePut(
            Space space, long toStream, long position, MemorySegment head, MemorySegment value) {
        add(RecordKind.RECORDS, space, toStream, position, head, value);
    }

    @Override
    protected void encodeTrim(Space space, long ofStream, long to) {
        LittleEndian.putI64(trimPoint, 0, to);
        endStretch(); // a trim point is a stretch by itself
        add(RecordKind.ATTRIBUTES, space, ofStream, Stretch.TRIM_POINT_ID, NOTHING, trimPoint);
        endStretch();
    }

    @Override
    protected void encodeAttribute(Space space, long ofStream, int id, MemorySegment value) {
        add(RecordKind.ATTRIBUTES, space, ofStream, id, NOTHING, value);
    }

    /**
     * Adds a record behind the last one. Reading the caller's memory may fail, and so that comes
     * first: the value is copied to where it will be before anything says that it is there.
     */
    private void add(
            RecordKind of,
            Space space,
            long toStream,
            long position,
            MemorySegment head,
            MemorySegment tail) {
        int valueBytes = (int) (head.byteSize() + tail.byteSize());
        ensure(Stretch.HEAD_BYTES + Stretch.RECORD_HEAD_BYTES_MAX + (long) valueBytes);
        boolean joins = joins(of, space, toStream, position, valueBytes);
        int beforeBytes = joins ? Varint.bytes(position - last) : Stretch.HEAD_BYTES;
        int valueAt = end + beforeBytes + Varint.bytes(valueBytes);
        copyValue(head, tail, valueAt);
        if (joins) {
            Varint.put(body, end, position - last);
            count++;
        } else {
            begin(of, space.id(), toStream, position);
        }
        last = position;
        enterValue(end + beforeBytes, valueBytes);
    }

    /** Fails where the caller's memory cannot be read; nobody can tell then. */
    void copyValue(MemorySegment head, MemorySegment tail, int at) {
        int headBytes = (int) head.byteSize();
        MemorySegment.copy(head, JAVA_BYTE, 0, body, at, headBytes);
        MemorySegment.copy(tail, JAVA_BYTE, 0, body, at + headBytes, (int) tail.byteSize());
    }

    /** Says that the value is there, behind its length. */
    void enterValue(int at, int valueBytes) {
        end = Varint.put(body, at, valueBytes) + valueBytes;
        sealed = false;
    }

    private void begin(RecordKind of, int inSpace, long toStream, long position) {
        endStretch();
        open = true;
        headAt = end;
        kind = of;
        spaceId = inSpace;
        stream = toStream;
        first = position;
        count = 1;
    }

    private boolean joins(
            RecordKind of, Space space, long toStream, long position, int valueBytes) {
        return open
                && stream == toStream
                && kind == of
                && spaceId == space.id()
                && position > last
                && count < Stretch.RECORDS_MAX
                && end - headAt + valueBytes <= Stretch.PAYLOAD_BYTES_MAX;
    }

    /** Ends the last stretch: its head can be written now. */
    private void endStretch() {
        if (open) {
            open = false;
            Stretch.writeHead(
                    segment,
                    headAt,
                    new StreamKey(kind, spaceId, stream),
                    count,
                    end - headAt - Stretch.HEAD_BYTES,
                    first,
                    last);
        }
    }

    private void ensure(long moreBytes) {
        long needed = end + moreBytes;
        if (needed > body.length) {
            long grown = Math.max(needed, Math.min(body.length * 2L, Integer.MAX_VALUE - 8));
            body = Arrays.copyOf(body, Math.toIntExact(grown));
            segment = MemorySegment.ofArray(body);
        }
    }

    /** Ends the encoding and computes its checksum, unless that was done already. */
    public void seal() {
        if (!sealed) {
            endStretch();
            checksum = Checksums.of(body, end);
            sealed = true;
        }
    }

    /** Bytes of the body of a sealed batch. */
    int bodyBytes() {
        return end;
    }

    /** Checksum of the body of a sealed batch. */
    int bodyChecksum() {
        return checksum;
    }

    /** Copies the body of a sealed batch. */
    void copyTo(MemorySegment target, long at) {
        MemorySegment.copy(body, 0, target, JAVA_BYTE, at, end);
    }

    @Override
    protected void reset() {
        open = false;
        end = 0;
        sealed = false;
        if (body.length > BODY_BYTES_KEPT) {
            body = new byte[BODY_BYTES_AT_FIRST];
            segment = MemorySegment.ofArray(body);
        }
    }

    @Override
    protected void release() {
        open = false;
        sealed = true;
        end = 0;
        body = new byte[0];
        segment = MemorySegment.ofArray(body);
    }

    @Override
    protected long footprintBytes() {
        return WalWriter.frameBytes(end + 0L);
    }
}
