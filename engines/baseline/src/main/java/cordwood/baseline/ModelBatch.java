package cordwood.baseline;

import cordwood.store.Space;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** A batch as a list of operations. */
final class ModelBatch extends BaselineBatch {

    private final List<ModelOperation> operations = new ArrayList<>();

    ModelBatch(ModelStore owner) {
        super(owner);
    }

    List<ModelOperation> operations() {
        return operations;
    }

    @Override
    protected void encodePut(
            Space space, long stream, long position, MemorySegment head, MemorySegment body) {
        int bytes = Math.toIntExact(head.byteSize() + body.byteSize());
        MemorySegment copy = MemorySegment.ofArray(new byte[bytes]);
        MemorySegment.copy(head, 0, copy, 0, head.byteSize());
        MemorySegment.copy(body, 0, copy, head.byteSize(), body.byteSize());
        operations.add(new ModelOperation.Put(space, stream, position, copy.asReadOnly()));
    }

    @Override
    protected void encodeTrim(Space space, long stream, long to) {
        operations.add(new ModelOperation.Trim(space, stream, to));
    }

    @Override
    protected void encodeAttribute(Space space, long stream, int id, MemorySegment value) {
        MemorySegment copy = MemorySegment.ofArray(value.toArray(ValueLayout.JAVA_BYTE));
        operations.add(new ModelOperation.Attribute(space, stream, id, copy.asReadOnly()));
    }

    @Override
    protected void reset() {
        operations.clear();
    }

    @Override
    protected void release() {
        operations.clear();
    }
}
