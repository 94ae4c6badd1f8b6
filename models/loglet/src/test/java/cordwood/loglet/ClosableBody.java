package cordwood.loglet;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A body that cannot be read any more once it is closed. */
final class ClosableBody implements AutoCloseable {

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment segment = arena.allocate(16);

    MemorySegment segment() {
        return segment;
    }

    @Override
    public void close() {
        arena.close();
    }
}
