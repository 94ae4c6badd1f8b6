package cordwood.testkit;

import cordwood.store.Space;
import cordwood.store.StoreLimits;
import cordwood.store.WriteBatch;
import java.lang.foreign.MemorySegment;

/** A batch that holds a number and pretends to be of a size. */
final class NumberedBatch extends WriteBatch {

    private final long number;
    private final long footprintBytes;

    NumberedBatch(long number, long footprintBytes, boolean trims) {
        super(StoreLimits.LOCAL);
        this.number = number;
        this.footprintBytes = footprintBytes;
        put(StoreUnderTest.SPACE, 1, number, Bytes.of("x"));
        if (trims) {
            trim(StoreUnderTest.SPACE, 1, 0);
        }
    }

    long number() {
        return number;
    }

    @Override
    protected void encodePut(
            Space space, long stream, long position, MemorySegment head, MemorySegment body) {}

    @Override
    protected void encodeTrim(Space space, long stream, long to) {}

    @Override
    protected void encodeAttribute(Space space, long stream, int id, MemorySegment value) {}

    @Override
    protected void reset() {}

    @Override
    protected void release() {}

    @Override
    protected long footprintBytes() {
        return footprintBytes;
    }
}
