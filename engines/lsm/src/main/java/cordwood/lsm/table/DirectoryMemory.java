package cordwood.lsm.table;

import cordwood.lsm.format.Regions;
import cordwood.memory.Account;
import cordwood.memory.Chunks;
import cordwood.memory.Reclaimer;
import cordwood.memory.Region;
import cordwood.store.StackRoom;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of tables' directories that stay in memory, within a number of bytes: given up are
 * those that nobody used for long, and rather a large one than many small ones. They are given back
 * to the budget before anybody is refused. Thread-safe.
 */
public final class DirectoryMemory implements Reclaimer, AutoCloseable {

    /*
     * A block lies in one piece, in a run of frames of a slab: most are far smaller than a page, and
     * differ in size. Where no run is long enough, blocks are given up until one is.
     *
     * Time passes with every block that is kept: of those used since the last one none is older. Of
     * a few blocks the one is given up that held the most bytes for longest.
     */
    static final int FRAME_BYTES = 512;
    static final int SLAB_BYTES = 256 << 10;
    private static final int SLAB_FRAMES = SLAB_BYTES / FRAME_BYTES;

    /** So that a large block does not drive out all the small ones. */
    private static final int GIVEN_UP_AT_ONCE_MAX = 64;

    /** So that giving up takes as long with many as with few. */
    private static final int LOOKED_AT_MAX = 64;

    private final Chunks chunks;
    private final Account account;

    private volatile long now;

    // guarded by this
    private final @Nullable Region[] slabs;
    private final BitSet taken;
    private final ArrayList<ResidentBlock> blocks = new ArrayList<>();
    private int hand;
    private boolean isGrowing;
    private long growsAt; // after a refusal, not at once again
    private boolean isClosed;

    /** Nothing in memory, and at most so many bytes of it later. */
    public DirectoryMemory(Chunks chunks, Account account, long bytesMax) {
        this.chunks = chunks;
        this.account = account;
        this.slabs = new @Nullable Region[Math.toIntExact(bytesMax / SLAB_BYTES)];
        this.taken = new BitSet(slabs.length * SLAB_FRAMES);
    }

    /** Pins a block that was kept, unless it was given up since. */
    boolean tryPin(@Nullable ResidentBlock block, BlockLease lease) {
        return block != null && block.tryPin(lease, now);
    }

    /** Keeps a copy of a pinned block; null when there is no room for it. */
    synchronized @Nullable ResidentBlock keep(BlockLease block) {
        StackRoom.requireSome();
        blocks.ensureCapacity(blocks.size() + 1); // nothing fails once there is room for it
        int bytes = block.payloadBytes();
        int frames = Math.ceilDiv(bytes, FRAME_BYTES);
        int frame = isClosed ? -1 : room(frames);
        Region slab = frame < 0 ? null : slabs[frame / SLAB_FRAMES];
        if (slab == null) {
            return null;
        }
        MemorySegment memory = slab.memory();
        long at = (long) (frame % SLAB_FRAMES) * FRAME_BYTES;
        ResidentBlock resident = new ResidentBlock(memory, at, bytes, frame, frames, now + 1);
        resident.index = blocks.size();
        taken.set(frame, frame + frames);
        blocks.add(resident);
        MemorySegment.copy(block.segment(), block.payloadAt(), memory, at, bytes);
        now = resident.usedAt();
        return resident;
    }

    /** The first frame of a free run, or -1. */
    private int room(int frames) {
        int frame = find(frames);
        if (frame < 0 && grow()) {
            frame = find(frames);
        }
        for (int i = 0; frame < 0 && i < GIVEN_UP_AT_ONCE_MAX; i++) {
            frame = giveUpNext() ? find(frames) : -1;
        }
        return frame;
    }

    private int find(int frames) {
        for (int slab = 0; slab < slabs.length; slab++) {
            int end = slabs[slab] == null ? 0 : (slab + 1) * SLAB_FRAMES;
            int free = taken.nextClearBit(slab * SLAB_FRAMES);
            while (free + frames <= end) {
                int next = taken.nextSetBit(free);
                if (next < 0 || next - free >= frames) {
                    return free;
                }
                free = taken.nextClearBit(next);
            }
        }
        return -1;
    }

    private boolean grow() {
        if (now < growsAt) {
            return false;
        }
        for (int slab = 0; slab < slabs.length; slab++) {
            if (slabs[slab] == null) {
                isGrowing = true;
                try {
                    slabs[slab] = Regions.tryTake(chunks, account, SLAB_BYTES);
                } finally {
                    isGrowing = false;
                }
                growsAt = slabs[slab] == null ? now + blocks.size() : now;
                return slabs[slab] != null;
            }
        }
        return false;
    }

    /** Of the next few gives that up which held most for longest. */
    private boolean giveUpNext() {
        ResidentBlock worst = null;
        long most = -1;
        for (int i = Math.min(LOOKED_AT_MAX, blocks.size()); i > 0; i--) {
            hand = (hand + 1) % blocks.size();
            ResidentBlock block = blocks.get(hand);
            long held = (now + 1 - block.usedAt()) * block.frames();
            if (held > most) {
                most = held;
                worst = block;
            }
        }
        return worst != null && giveUp(worst);
    }

    /** Gives a block up, unless somebody has it pinned. */
    synchronized boolean giveUp(ResidentBlock block) {
        StackRoom.requireSome();
        if (!block.tryGiveUp()) {
            return false;
        }
        taken.clear(block.firstFrame(), block.firstFrame() + block.frames());
        ResidentBlock last = blocks.removeLast();
        if (block.index < blocks.size()) {
            blocks.set(block.index, last);
            last.index = block.index;
        }
        return true;
    }

    /** Gives up all that nobody has pinned. */
    @Override
    public synchronized void giveBack() {
        if (isGrowing) {
            return; // it is the own thread that asks
        }
        StackRoom.requireSome();
        for (int i = blocks.size() - 1; i >= 0; i--) {
            giveUp(blocks.get(i));
        }
        for (int slab = 0; slab < slabs.length; slab++) {
            Region region = slabs[slab];
            int next = taken.nextSetBit(slab * SLAB_FRAMES);
            if (region != null && (next < 0 || next >= (slab + 1) * SLAB_FRAMES)) {
                slabs[slab] = null;
                region.close();
            }
        }
    }

    /** Bytes charged. */
    public long usedBytes() {
        return account.usedBytes();
    }

    /** Gives all memory back. Nothing may be pinned any more. */
    @Override
    public synchronized void close() {
        isClosed = true;
        giveBack();
    }
}
