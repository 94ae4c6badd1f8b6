package cordwood.lsm.table;

import org.jspecify.annotations.Nullable;

/**
 * What the walks of one merge have in memory: a few data blocks, however many walks there are, and
 * the blocks of the directory that was searched last. Confined to one thread.
 */
public final class OpenBlocks {

    /*
     * A merge needs every walk's position, and the value of one. A walk whose block goes to another
     * keeps its position, and finds its record again when its turn comes. There are several, because
     * tables that overlap are read in turn.
     */
    private static final int BLOCKS_MAX = 8;

    private final OpenBlock[] blocks = new OpenBlock[BLOCKS_MAX];
    private final BlockLease root = new BlockLease();
    private final BlockLease page = new BlockLease();
    private final BlockLease runs = new BlockLease();
    private @Nullable TableWalk directoryUser;
    private int hand;

    // for who reads past the cache
    private @Nullable ScanRoom room;
    private long limit;

    /** Nothing in memory. */
    public OpenBlocks() {
        for (int i = 0; i < BLOCKS_MAX; i++) {
            blocks[i] = new OpenBlock();
        }
    }

    BlockLease root() {
        return root;
    }

    BlockLease page() {
        return page;
    }

    /** For the time of one look. */
    BlockLease runs() {
        return runs;
    }

    /** Whether the directory's leases are those that a walk took last. */
    @SuppressWarnings("ReferenceEquality") // a walk, not its value
    boolean isDirectoryOf(TableWalk walk) {
        return directoryUser == walk;
    }

    /** Leaves the directory's leases to a walk. */
    void lendDirectory(TableWalk walk) {
        releaseDirectory();
        directoryUser = walk;
    }

    /** Has blocks of a walk that goes on alone put there; null for nowhere but the cache. */
    public void scanIn(@Nullable ScanRoom roomOfReader) {
        room = roomOfReader;
    }

    /** Tells where the walk that moves next is alone no more. */
    public void aloneUpTo(long position) {
        limit = position;
    }

    /**
     * Where a walk may read the block into that follows its present one, and no other walk's record
     * is before its end.
     */
    @Nullable ScanRoom room(OpenBlock present, long end, boolean rising) {
        boolean isAlone = rising ? end < limit : end > limit;
        if (room == null || !isAlone) {
            return null;
        }
        takeRoom(present);
        return room;
    }

    /** Takes the room's memory from who reads there. */
    public void leaveRoom() {
        takeRoom(null);
    }

    private void takeRoom(@Nullable OpenBlock taker) {
        for (OpenBlock block : blocks) {
            if (block.isInRoom() && block != taker) {
                takeBack(block);
            }
        }
    }

    /** A block for a walk to open, the one lent longest ago when none is free. */
    OpenBlock lend(TableWalk walk) {
        for (OpenBlock block : blocks) {
            if (block.user() == null) {
                block.lendTo(walk);
                return block;
            }
        }
        OpenBlock block = blocks[hand];
        hand = (hand + 1) % BLOCKS_MAX;
        takeBack(block);
        block.lendTo(walk);
        return block;
    }

    private static void takeBack(OpenBlock block) {
        TableWalk user = block.user();
        if (user != null) {
            user.giveBack();
        }
    }

    /** Lets go of the directory's blocks. */
    void releaseDirectory() {
        directoryUser = null;
        root.release();
        page.release();
    }

    /** Pins nothing until a walk loads its record again. */
    public void rest() {
        releaseDirectory();
        for (OpenBlock block : blocks) {
            TableWalk user = block.user();
            if (user != null && !block.isInRoom()) {
                user.rest();
                block.rest();
            }
        }
    }

    /** Lets go of everything. Walks keep their positions. */
    public void release() {
        releaseDirectory();
        for (OpenBlock block : blocks) {
            takeBack(block);
        }
    }
}
