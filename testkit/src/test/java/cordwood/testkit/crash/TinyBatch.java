package cordwood.testkit.crash;

import cordwood.store.Space;
import cordwood.store.StoreLimits;
import cordwood.store.WriteBatch;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A batch as {@link TinyState} reads it. */
final class TinyBatch extends WriteBatch {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    TinyBatch() {
        super(StoreLimits.LOCAL);
    }

    byte[] encoded() {
        return bytes.toByteArray();
    }

    private void encode(int kind, Space space, long stream, long position, byte[] value) {
        DataOutputStream out = new DataOutputStream(bytes);
        try {
            out.writeByte(kind);
            out.writeByte(space.id());
            out.writeLong(stream);
            out.writeLong(position);
            out.writeInt(value.length);
            out.write(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected void encodePut(
            Space space, long stream, long position, MemorySegment head, MemorySegment body) {
        byte[] value = new byte[Math.toIntExact(head.byteSize() + body.byteSize())];
        MemorySegment target = MemorySegment.ofArray(value);
        target.copyFrom(head);
        target.asSlice(head.byteSize()).copyFrom(body);
        encode(TinyState.PUT, space, stream, position, value);
    }

    @Override
    protected void encodeTrim(Space space, long stream, long to) {
        encode(TinyState.TRIM, space, stream, to, new byte[0]);
    }

    @Override
    protected void encodeAttribute(Space space, long stream, int id, MemorySegment value) {
        encode(TinyState.ATTRIBUTE, space, stream, id, value.toArray(ValueLayout.JAVA_BYTE));
    }

    @Override
    protected void reset() {
        bytes.reset();
    }

    @Override
    protected void release() {}

    @Override
    protected long footprintBytes() {
        return bytes.size() + 64L;
    }
}
