package cordwood.store;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Remembers the positions put into it; its footprint is the bytes of its values. */
final class StubBatch extends WriteBatch {

    static final Space SPACE = new Space(1, "test");

    private final List<Long> positions = new ArrayList<>();
    private boolean released;

    StubBatch() {
        super(StoreLimits.LOCAL);
    }

    /** A batch with one record of so many bytes. */
    static StubBatch of(long position, int bytes) {
        StubBatch batch = new StubBatch();
        batch.put(SPACE, 1, position, MemorySegment.ofArray(new byte[bytes]));
        return batch;
    }

    List<Long> positions() {
        return positions;
    }

    @Override
    protected void encodePut(
            Space space, long stream, long position, MemorySegment head, MemorySegment body) {
        positions.add(position);
    }

    @Override
    protected void encodeTrim(Space space, long stream, long to) {}

    @Override
    protected void encodeAttribute(Space space, long stream, int id, MemorySegment value) {}

    @Override
    protected void reset() {
        positions.clear();
    }

    @Override
    protected void release() {
        released = true;
    }

    @Override
    protected long footprintBytes() {
        if (released) {
            throw new AssertionError("a closed batch was asked for its footprint");
        }
        return Math.max(1, valueBytes());
    }
}
