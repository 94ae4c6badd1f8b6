package cordwood.lsm.inspect;

import cordwood.lsm.wal.Replay;
import cordwood.memory.Region;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Takes the batches of a log, hands each on, and forgets it. */
final class BatchReplay implements Replay, AutoCloseable {

    private final InspectionMemory memory;
    private final long flushedSequence;
    private final Consumer<MemorySegment> batches;

    private @Nullable Region room;
    private long sequence;
    private long acceptedSequence;

    /** One that only takes them. */
    BatchReplay(InspectionMemory memory) {
        this(memory, Long.MAX_VALUE, _ -> {});
    }

    /**
     * One that hands on those behind a sequence.
     *
     * @param batches takes a body, valid until it returns
     */
    BatchReplay(InspectionMemory memory, long flushedSequence, Consumer<MemorySegment> batches) {
        this.memory = memory;
        this.flushedSequence = flushedSequence;
        this.batches = batches;
        this.acceptedSequence = flushedSequence;
    }

    @Override
    public MemorySegment room(int bodyBytes, long ofSequence) {
        Region taken = memory.chunks().region(memory.large(), bodyBytes);
        room = taken;
        sequence = ofSequence;
        return taken.memory();
    }

    @Override
    public void accept() {
        Region taken = room;
        if (taken != null && sequence > flushedSequence) {
            batches.accept(taken.memory());
            acceptedSequence = sequence;
        }
        close();
    }

    /** The sequence up to which all were handed on, or were not to be. */
    long acceptedSequence() {
        return acceptedSequence;
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
