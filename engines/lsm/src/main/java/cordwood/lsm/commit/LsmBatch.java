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
import cordwood.store.StoreException;
import cordwood.store.StoreLimits;
import cordwood.store.WriteBatch;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A batch as the body of its frame in the log: the bytes are written once, here, and copied once,
 * into the memtable. Its checksum is computed by the thread that appends it.
 */
public final class LsmBatch extends WriteBatch {

    private static final int BODY_BYTES_AT_FIRST = 4 << 10;
    private static final int BODY_BYTES_KEPT = 1 << 20;
    private static final byte[] NO_BYTES = new byte[0];
    private static final MemorySegment NOTHING = MemorySegment.ofArray(NO_BYTES);

    private final Object owner;
    private byte[] body = new byte[BODY_BYTES_AT_FIRST];
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

    // what is handed over, whatever another thread does to the rest
    private boolean sealed;
    private int sealedBytes;
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
        endStretch(); // a trim point is a stretch by itself: no attribute has a higher identity
        add(RecordKind.ATTRIBUTES, space, ofStream, Stretch.TRIM_POINT_ID, NOTHING, trimPoint);
    }

    @Override
    protected void encodeAttribute(Space space, long ofStream, int id, MemorySegment value) {
        add(RecordKind.ATTRIBUTES, space, ofStream, id, NOTHING, value);
    }

    /**
     * Adds a record behind the last one. Whatever is called may throw, the caller's memory cannot
     * be read, the heap or the stack come to their end: only then are the fields changed that say
     * what there is, without a call in between.
     */
    private void add(
            RecordKind of,
            Space space,
            long toStream,
            long position,
            MemorySegment head,
            MemorySegment tail) {
        int valueBytes = (int) (head.byteSize() + tail.byteSize());
        int inSpace = space.id();
        ensure(Stretch.HEAD_BYTES + Stretch.RECORD_HEAD_BYTES_MAX + (long) valueBytes);
        boolean joins = joins(of, inSpace, toStream, position, valueBytes);
        int lengthAt;
        if (joins) {
            lengthAt = Varint.put(body, end, position - last);
        } else {
            endStretch();
            lengthAt = end + Stretch.HEAD_BYTES;
        }
        int valueAt = Varint.put(body, lengthAt, valueBytes);
        copyValue(head, tail, valueAt);
        enter(joins, of, inSpace, toStream, position, valueAt + valueBytes);
    }

    /** Fails where the caller's memory cannot be read; nobody can tell then. */
    void copyValue(MemorySegment head, MemorySegment tail, int at) {
        int headBytes = (int) head.byteSize();
        MemorySegment.copy(head, JAVA_BYTE, 0, body, at, headBytes);
        MemorySegment.copy(tail, JAVA_BYTE, 0, body, at + headBytes, (int) tail.byteSize());
    }

    /** Says that a record is there, up to an offset; calls nothing. */
    void enter(
            boolean joins,
            RecordKind of,
            int inSpace,
            long toStream,
            long position,
            int recordEnd) {
        if (joins) {
            count++;
        } else {
            open = true;
            headAt = end;
            kind = of;
            spaceId = inSpace;
            stream = toStream;
            first = position;
            count = 1;
        }
        last = position;
        end = recordEnd;
        sealed = false;
    }

    private boolean joins(
            RecordKind of, int inSpace, long toStream, long position, int valueBytes) {
        return open
                && stream == toStream
                && kind == of
                && spaceId == inSpace
                && position > last
                && count < Stretch.RECORDS_MAX
                && end - headAt + valueBytes <= Stretch.PAYLOAD_BYTES_MAX;
    }

    /** Ends the last stretch: its head can be written now, again where that was cut short. */
    private void endStretch() {
        if (open) {
            Stretch.writeHead(
                    body,
                    headAt,
                    new StreamKey(kind, spaceId, stream),
                    count,
                    end - headAt - Stretch.HEAD_BYTES,
                    first,
                    last);
            open = false;
        }
    }

    private void ensure(long moreBytes) {
        long needed = end + moreBytes;
        if (needed > body.length) {
            long grownBytes = Math.max(needed, Math.min(body.length * 2L, Integer.MAX_VALUE - 8));
            body = Arrays.copyOf(body, Math.toIntExact(grownBytes));
        }
    }

    /**
     * Ends the encoding and computes its checksum, unless that was done already.
     *
     * @throws StoreException.Invalid when the batch was broken, by use from several threads at once
     */
    public void seal() {
        endEncoding();
    }

    @Override
    protected void encodeEnd() {
        if (!sealed) {
            endStretch();
            if (!Stretch.isRow(body, end)) {
                throw new StoreException.Invalid(
                        "the batch was changed by several threads at once: clear it");
            }
            checksum = Checksums.of(body, end);
            sealedBytes = end;
            sealed = true;
        }
    }

    /** Bytes of the body of a sealed batch. */
    int bodyBytes() {
        return sealedBytes;
    }

    /** Checksum of the body of a sealed batch. */
    int bodyChecksum() {
        return checksum;
    }

    /** Copies the body of a sealed batch. */
    void copyTo(ByteBuffer target, int at) {
        target.put(at, body, 0, sealedBytes);
    }

    @Override
    protected void reset() {
        if (body.length > BODY_BYTES_KEPT) {
            body = new byte[BODY_BYTES_AT_FIRST];
        }
        open = false;
        end = 0;
        sealed = false;
    }

    @Override
    protected void release() {
        open = false;
        sealed = true;
        sealedBytes = 0;
        end = 0;
        body = NO_BYTES;
    }

    @Override
    protected long footprintBytes() {
        return WalWriter.frameBytes(sealedBytes);
    }
}
