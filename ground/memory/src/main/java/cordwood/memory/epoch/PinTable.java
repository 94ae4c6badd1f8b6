package cordwood.memory.epoch;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The published pins: slots, each free or holding the epoch of one pin. A pin claims any free slot,
 * so threads need no registration and virtual ones cost nothing between pins.
 */
class PinTable {

    /*
     * A slot's word is the pinned epoch (0 when free) above a 16-bit count of its claims. A ticket is
     * the slot's number above the same count, so that leaving twice is noticed.
     *
     * Blocks are added when all slots are claimed, and stay: there are as many as were ever needed
     * at once. A block is published before a slot in it is claimed.
     */

    /** Slots lie this many longs apart: two cache lines, for the line pre-fetched with it. */
    private static final int STRIDE = 16;

    private static final int CLAIM_BITS = 16;
    private static final long CLAIM_MASK = (1L << CLAIM_BITS) - 1;

    private final int blockSlots;
    private volatile AtomicLongArray[] blocks;

    PinTable() {
        this(64);
    }

    /** With blocks of that many slots, a power of two. */
    PinTable(int blockSlots) {
        this.blockSlots = blockSlots;
        this.blocks = new AtomicLongArray[] {newBlock()};
    }

    /** Claims a slot and publishes {@code epoch} in it, in one step. */
    final long claim(long epoch) {
        long id = Thread.currentThread().threadId();
        int home = (int) ((id * 0x9E37_79B9_7F4A_7C15L) >>> 58);
        while (true) {
            AtomicLongArray[] seen = blocks;
            for (int block = 0; block < seen.length; block++) {
                for (int probe = 0; probe < blockSlots; probe++) {
                    int slot = (home + probe) & (blockSlots - 1);
                    long word = seen[block].getPlain(slot * STRIDE);
                    if (word <= CLAIM_MASK && claim(seen[block], slot, word, epoch)) {
                        long number = (long) block * blockSlots + slot;
                        return number << CLAIM_BITS | ((word + 1) & CLAIM_MASK);
                    }
                }
            }
            addBlock(seen.length);
        }
    }

    private boolean claim(AtomicLongArray block, int slot, long word, long epoch) {
        long claimed = epoch << CLAIM_BITS | ((word + 1) & CLAIM_MASK);
        return publish(block, slot * STRIDE, word, claimed);
    }

    /** Claims and publishes at once. It must be seen before anything the pinned thread reads. */
    boolean publish(AtomicLongArray block, int index, long free, long claimed) {
        return block.compareAndSet(index, free, claimed);
    }

    /** Moves a claimed slot to a newer epoch. */
    final void publish(long ticket, long epoch) {
        block(ticket).set(index(ticket), epoch << CLAIM_BITS | (ticket & CLAIM_MASK));
    }

    /** Frees the slot: everything done while pinned happens before its reuse is seen. */
    final void release(long ticket) {
        AtomicLongArray block = block(ticket);
        int index = index(ticket);
        long word = block.get(index);
        if (word <= CLAIM_MASK || (word & CLAIM_MASK) != (ticket & CLAIM_MASK)) {
            throw new IllegalStateException("a pin left twice");
        }
        block.setRelease(index, ticket & CLAIM_MASK);
    }

    /** The oldest epoch pinned, or {@code none}. */
    final long oldest(long none) {
        long oldest = none;
        for (AtomicLongArray block : blocks) {
            for (int slot = 0; slot < blockSlots; slot++) {
                long epoch = block.get(slot * STRIDE) >>> CLAIM_BITS;
                if (epoch != 0 && epoch < oldest) {
                    oldest = epoch;
                }
            }
        }
        return oldest;
    }

    /** Slots claimed now. */
    final int claimed() {
        int count = 0;
        for (AtomicLongArray block : blocks) {
            for (int slot = 0; slot < blockSlots; slot++) {
                if (block.get(slot * STRIDE) > CLAIM_MASK) {
                    count++;
                }
            }
        }
        return count;
    }

    private synchronized void addBlock(int seenCount) {
        if (blocks.length == seenCount) {
            AtomicLongArray[] more = Arrays.copyOf(blocks, seenCount + 1);
            more[seenCount] = newBlock();
            blocks = more;
        }
    }

    private AtomicLongArray block(long ticket) {
        return blocks[(int) (ticket >>> CLAIM_BITS) / blockSlots];
    }

    private int index(long ticket) {
        return (int) (ticket >>> CLAIM_BITS) % blockSlots * STRIDE;
    }

    private AtomicLongArray newBlock() {
        return new AtomicLongArray(blockSlots * STRIDE);
    }
}
