package cordwood.memory.epoch;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Slots for the pins that found no room at home, with a bit for each that is taken. */
final class PinShelf {

    /*
     * A slot is taken by setting its bit, and given by clearing it; in between it is its taker's
     * alone. A pin is published in it after the bit was set and ended before the bit is cleared, so
     * a scan that finds the bit clear has nothing to look for in the slot.
     *
     * A row of 64 bits found to be full is noted in `full`, so that nobody looks at it again. Who
     * notes it looks at the row once more afterwards, and who clears a bit looks at the note
     * afterwards: one of the two sees that the note is no longer true.
     */

    static final int ROW_SLOTS = 64;

    /** A slot is the word of its pin and the count of its claims. */
    static final int STRIDE = 2;

    private static final long ALL = -1;
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

    final long[] words;
    private final long[] taken;

    /** Of one long: the rows noted as full, and those that do not exist. */
    private final long[] full = new long[1];

    /** With that many rows, 64 at most. */
    PinShelf(int rows) {
        this.words = new long[rows * ROW_SLOTS * STRIDE];
        this.taken = new long[rows];
        this.full[0] = rows == Long.SIZE ? 0 : ALL << rows;
    }

    /** Takes a free slot, in a row near {@code start}; -1 when all are taken. */
    int take(int start) {
        long open = Long.rotateRight(~(long) LONGS.getVolatile(full, 0), start);
        while (open != 0) {
            int row = (Long.numberOfTrailingZeros(open) + start) & (Long.SIZE - 1);
            long seen = (long) LONGS.getVolatile(taken, row);
            while (seen != ALL) {
                int place = Long.numberOfTrailingZeros(~seen);
                if (LONGS.compareAndSet(taken, row, seen, seen | 1L << place)) {
                    return row * ROW_SLOTS + place;
                }
                seen = (long) LONGS.getVolatile(taken, row);
            }
            noteFull(row);
            open &= open - 1;
        }
        return -1;
    }

    void give(int slot) {
        int row = slot / ROW_SLOTS;
        LONGS.getAndBitwiseAnd(taken, row, ~(1L << slot % ROW_SLOTS));
        if (((long) LONGS.getVolatile(full, 0) & 1L << row) != 0) {
            LONGS.getAndBitwiseAnd(full, 0, ~(1L << row));
        }
    }

    private void noteFull(int row) {
        LONGS.getAndBitwiseOr(full, 0, 1L << row);
        if ((long) LONGS.getVolatile(taken, row) != ALL) {
            LONGS.getAndBitwiseAnd(full, 0, ~(1L << row));
        }
    }

    int rows() {
        return taken.length;
    }

    /** The bits of the slots taken in a row. */
    long taken(int row) {
        return (long) LONGS.getVolatile(taken, row);
    }
}
