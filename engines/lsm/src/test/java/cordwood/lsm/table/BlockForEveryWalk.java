package cordwood.lsm.table;

import cordwood.testkit.mutant.InsteadOf;

/** M17: every walk of a merge keeps a block in memory. */
public final class BlockForEveryWalk {

    private BlockForEveryWalk() {}

    @InsteadOf(OpenBlocks.class)
    static OpenBlock lend(OpenBlocks blocks, TableWalk walk) {
        OpenBlock block = new OpenBlock();
        block.lendTo(walk);
        return block;
    }
}
