package cordwood.baseline;

import cordwood.store.Space;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.zip.CRC32C;

/** A batch that keeps nothing of its values but their checksum. */
final class NoopBatch extends BaselineBatch {

    private static final int SCRATCH_BYTES = 16 << 10;
    private static final MemorySegment NOTHING = MemorySegment.ofArray(new byte[0]);

    private byte[] scratch = new byte[SCRATCH_BYTES];
    private final CRC32C checksum = new CRC32C();

    NoopBatch(NoopStore owner) {
        super(owner);
    }

    /** CRC-32C over all values in the order they were added. */
    long checksum() {
        return checksum.getValue();
    }

    /** Copies a value whole, as an engine does, and only then adds it to the checksum. */
    private void touch(MemorySegment head, MemorySegment body) {
        int headBytes = (int) head.byteSize();
        int bodyBytes = (int) body.byteSize();
        if (headBytes + bodyBytes > scratch.length) {
            scratch = new byte[headBytes + bodyBytes];
        }
        MemorySegment.copy(head, ValueLayout.JAVA_BYTE, 0, scratch, 0, headBytes);
        MemorySegment.copy(body, ValueLayout.JAVA_BYTE, 0, scratch, headBytes, bodyBytes);
        checksum.update(scratch, 0, headBytes + bodyBytes);
    }

    @Override
    protected void encodePut(
            Space space, long stream, long position, MemorySegment head, MemorySegment body) {
        touch(head, body);
    }

    @Override
    protected void encodeTrim(Space space, long stream, long to) {}

    @Override
    protected void encodeAttribute(Space space, long stream, int id, MemorySegment value) {
        touch(NOTHING, value);
    }

    @Override
    protected void reset() {
        checksum.reset();
    }

    @Override
    protected void release() {
        scratch = new byte[0];
    }
}
