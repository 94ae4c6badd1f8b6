package cordwood.baseline;

import cordwood.store.Space;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.zip.CRC32C;

/** A batch that keeps nothing of its values but their checksum. */
final class NoopBatch extends BaselineBatch {

    private static final int SCRATCH_BYTES = 16 << 10;

    private final byte[] scratch = new byte[SCRATCH_BYTES];
    private final CRC32C checksum = new CRC32C();

    NoopBatch(NoopStore owner) {
        super(owner);
    }

    /** CRC-32C over all values in the order they were added. */
    long checksum() {
        return checksum.getValue();
    }

    /** Copies piece by piece, as an engine copies a value once, and adds to the checksum. */
    private void touch(MemorySegment value) {
        long bytes = value.byteSize();
        for (long at = 0; at < bytes; at += SCRATCH_BYTES) {
            int piece = (int) Math.min(SCRATCH_BYTES, bytes - at);
            MemorySegment.copy(value, ValueLayout.JAVA_BYTE, at, scratch, 0, piece);
            checksum.update(scratch, 0, piece);
        }
    }

    @Override
    protected void encodePut(
            Space space, long stream, long position, MemorySegment head, MemorySegment body) {
        touch(head);
        touch(body);
    }

    @Override
    protected void encodeTrim(Space space, long stream, long to) {}

    @Override
    protected void encodeAttribute(Space space, long stream, int id, MemorySegment value) {
        touch(value);
    }

    @Override
    protected void reset() {
        checksum.reset();
    }

    @Override
    protected void release() {}
}
