package cordwood.baseline;

import cordwood.store.Space;
import java.lang.foreign.MemorySegment;

/** One entry of a model's batch; its value is a read-only copy on the heap. */
sealed interface ModelOperation {

    Space space();

    long stream();

    record Put(Space space, long stream, long position, MemorySegment value)
            implements ModelOperation {}

    record Trim(Space space, long stream, long to) implements ModelOperation {}

    record Attribute(Space space, long stream, int id, MemorySegment value)
            implements ModelOperation {}
}
