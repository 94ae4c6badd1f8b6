package cordwood.lsm.inspect;

import cordwood.lsm.wal.Replay;
import cordwood.memory.Region;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Takes the batches of a log and forgets them. */
final class BatchReplay implements Replay, AutoCloseable {

    private final InspectionMemory memory;
    private @Nullable Region room;

    BatchReplay(InspectionMemory memory) {
        this.memory = memory;
    }

    @Override
    public MemorySegment room(int bodyBytes, long sequence) {
        Region taken = memory.chunks().region(memory.large(), bodyBytes);
        room = taken;
        return taken.memory();
    }

    @Override
    public void accept() {
        close();
    }

    @Override
    public void reject() {
        close();
    }

    @Override
    public void progress(int doneSegments, int allSegments) {}

    @Override
    public void close() {
        Region taken = room;
        if (taken != null) {
            room = null;
            taken.close();
        }
    }
}
