package cordwood.lsm.table;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A block of a directory that stays in memory until it is given up, which nobody does while it is
 * pinned. Thread-safe.
 */
final class ResidentBlock implements BlockLease.Holder {

    /*
     * Who pins and who gives up change one number, and neither waits for the other.
     */
    private static final int GIVEN_UP = -1;

    private final MemorySegment memory;
    private final long at;
    private final int bytes;
    private final int firstFrame;
    private final int frames;
    private final AtomicInteger pins = new AtomicInteger();

    private long usedAt; // written by anybody: any of the times at which it was used will do

    /** Index among the blocks in memory; guarded by the lock of {@link DirectoryMemory}. */
    int index;

    /**
     * A block that lies in memory already.
     *
     * @param firstFrame the first of the frames it lies in
     */
    ResidentBlock(MemorySegment memory, long at, int bytes, int firstFrame, int frames, long now) {
        this.memory = memory;
        this.at = at;
        this.bytes = bytes;
        this.firstFrame = firstFrame;
        this.frames = frames;
        this.usedAt = now;
    }

    int firstFrame() {
        return firstFrame;
    }

    int frames() {
        return frames;
    }

    long usedAt() {
        return usedAt;
    }

    /** Pins the block, unless it was given up. */
    boolean tryPin(BlockLease lease, long now) {
        int present = pins.get();
        while (present != GIVEN_UP) {
            if (pins.compareAndSet(present, present + 1)) {
                if (usedAt != now) {
                    usedAt = now;
                }
                lease.hold(this, 0, memory, at, bytes);
                return true;
            }
            present = pins.get();
        }
        return false;
    }

    @Override
    public void release(long token) {
        pins.decrementAndGet();
    }

    boolean isGivenUp() {
        return pins.get() == GIVEN_UP;
    }

    /** Gives the block up, unless it is pinned, or was given up before. */
    boolean tryGiveUp() {
        return pins.compareAndSet(0, GIVEN_UP);
    }
}
