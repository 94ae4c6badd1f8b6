package cordwood.memory.epoch;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The published pins: slots, each free or holding the epoch of one pin. A pin claims any free slot,
 * so threads need no registration and virtual ones cost nothing between pins.
 */
class PinTable {

    /*
     * A slot is two words. The first is the pinned epoch (0 when free) above the last 16 bits of the
     * count of the slot's claims; the second is the whole count, written by the claimer once the slot
     * is its own. A ticket is the slot's number above 43 bits of the count, which begins elsewhere in
     * every table: what is not the ticket of the claim, a number made up or one of another table,
     * matches but by chance. Leaving compares both words and then exchanges the first, so one of
     * several who leave with the same ticket succeeds. To be deceived in between, the slot would have
     * to be claimed again a multiple of 65,536 times meanwhile, in one epoch.
     *
     * The first slots stand apart from each other, and a thread tries some few from a place of its
     * own. When they are taken a pin goes to a shelf. Shelves are added when all slots are taken, and
     * stay; a scan reads a bit of an empty slot. A shelf is published before a slot in it is taken.
     *
     * Nothing that may throw is called between publishing a pin and answering its ticket, so that no
     * stack overflow leaves a pin that nobody can end. In a shelf one may at worst cost the slot.
     */

    /** Slots at home lie this many longs apart: two cache lines, for the one pre-fetched too. */
    private static final int HOME_STRIDE = 16;

    private static final int HOME_SLOTS = 64;
    private static final int PROBES_MAX = 4;
    private static final int SHELF_ROWS = 64;

    private static final int SHORT_BITS = 16;
    private static final long SHORT_MASK = (1L << SHORT_BITS) - 1;
    private static final int COUNT_BITS = 43;
    private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;
    private static final int SLOTS_MAX = 1 << (Long.SIZE - COUNT_BITS);

    private static final AtomicLong TABLES = new AtomicLong();
    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

    /** What a ticket holds beyond the count, so that no other table's fits; the last bits are 0. */
    private final long countBase = (TABLES.incrementAndGet() * SPREAD) << SHORT_BITS;

    private final int homeSlots;
    private final int probes;
    private final long[] home;
    private final int shelfRows;
    private final int shelfSlots;
    private volatile PinShelf[] shelves = {};

    /** Where to look first: a guess, written by anybody. */
    private int likelyShelf;

    PinTable() {
        this(HOME_SLOTS, SHELF_ROWS);
    }

    /** With that many slots at home, a power of two, and rows in a shelf. */
    PinTable(int homeSlots, int shelfRows) {
        this.homeSlots = homeSlots;
        this.probes = Math.min(PROBES_MAX, homeSlots);
        this.home = new long[homeSlots * HOME_STRIDE];
        this.shelfRows = shelfRows;
        this.shelfSlots = shelfRows * PinShelf.ROW_SLOTS;
        linkCalls();
    }

    /** The first use of a call needs far more stack than any later one: it is made here. */
    private void linkCalls() {
        long ticket = claim(1);
        move(ticket, 1);
        release(ticket);
    }

    /** Claims a slot and publishes {@code epoch} in it, in one step. */
    final long claim(long epoch) {
        long id = Thread.currentThread().threadId();
        int start = (int) ((id * 0x9E37_79B9_7F4A_7C15L) >>> 58);
        for (int probe = 0; probe < probes; probe++) {
            int slot = (start + probe) & (homeSlots - 1);
            int index = slot * HOME_STRIDE;
            long word = home[index];
            long claimed = epoch << SHORT_BITS | ((word + 1) & SHORT_MASK);
            if (word <= SHORT_MASK && publish(home, index, word, claimed)) {
                long count = home[index + 1] + 1;
                home[index + 1] = count;
                return (long) slot << COUNT_BITS | ((count + countBase) & COUNT_MASK);
            }
        }
        return claimShelved(epoch, start);
    }

    private long claimShelved(long epoch, int start) {
        while (true) {
            PinShelf[] seen = shelves;
            int shelf = Math.min(likelyShelf, seen.length - 1);
            for (int i = 0; i < seen.length; i++) {
                int slot = seen[shelf].take(start);
                if (slot >= 0) {
                    likelyShelf = shelf;
                    long number = homeSlots + (long) shelf * shelfSlots + slot;
                    return claimTaken(seen[shelf].words, slot * PinShelf.STRIDE, number, epoch);
                }
                shelf = shelf + 1 == seen.length ? 0 : shelf + 1;
            }
            addShelf(seen.length);
        }
    }

    private long claimTaken(long[] words, int index, long number, long epoch) {
        long word = words[index];
        long claimed = epoch << SHORT_BITS | ((word + 1) & SHORT_MASK);
        if (!publish(words, index, word, claimed)) {
            throw new AssertionError("a taken slot that others write to");
        }
        long count = words[index + 1] + 1;
        words[index + 1] = count;
        return number << COUNT_BITS | ((count + countBase) & COUNT_MASK);
    }

    /** Claims and publishes at once. It must be seen before anything the pinned thread reads. */
    boolean publish(long[] words, int index, long free, long claimed) {
        return LONGS.compareAndSet(words, index, free, claimed);
    }

    /** Moves a claimed slot to a newer epoch; when it throws, it has done so or not. */
    void move(long ticket, long epoch) {
        int slot = (int) (ticket >>> COUNT_BITS);
        long word = epoch << SHORT_BITS | (ticket & SHORT_MASK);
        if (slot < homeSlots) {
            LONGS.setVolatile(home, slot * HOME_STRIDE, word);
        } else {
            int shelved = slot - homeSlots;
            long[] words = shelves[shelved / shelfSlots].words;
            LONGS.setVolatile(words, shelved % shelfSlots * PinShelf.STRIDE, word);
        }
    }

    /**
     * Frees the slot: everything done while pinned happens before its reuse is seen.
     *
     * @throws IllegalStateException when the ticket is of no pin
     */
    final void release(long ticket) {
        int slot = (int) (ticket >>> COUNT_BITS);
        if (slot < homeSlots) {
            end(home, slot * HOME_STRIDE, ticket);
            return;
        }
        PinShelf[] seen = shelves;
        int shelf = (slot - homeSlots) / shelfSlots;
        if (shelf >= seen.length) {
            throw noPin();
        }
        int place = (slot - homeSlots) % shelfSlots;
        end(seen[shelf].words, place * PinShelf.STRIDE, ticket);
        seen[shelf].give(place);
        if (shelf < likelyShelf) {
            likelyShelf = shelf;
        }
    }

    private void end(long[] words, int index, long ticket) {
        long word = (long) LONGS.getVolatile(words, index);
        boolean matches =
                word > SHORT_MASK
                        && (word & SHORT_MASK) == (ticket & SHORT_MASK)
                        && (((words[index + 1] + countBase) ^ ticket) & COUNT_MASK) == 0;
        if (!matches || !LONGS.compareAndSet(words, index, word, word & SHORT_MASK)) {
            throw noPin();
        }
    }

    private static IllegalStateException noPin() {
        return new IllegalStateException("a pin left twice, or a ticket of no pin");
    }

    /** The oldest epoch pinned, or {@code none}. */
    final long oldest(long none) {
        long oldest = none;
        for (int index = 0; index < home.length; index += HOME_STRIDE) {
            oldest = older(home, index, oldest);
        }
        for (PinShelf shelf : shelves) {
            for (int row = 0; row < shelf.rows(); row++) {
                for (long taken = shelf.taken(row); taken != 0; taken &= taken - 1) {
                    int slot = row * PinShelf.ROW_SLOTS + Long.numberOfTrailingZeros(taken);
                    oldest = older(shelf.words, slot * PinShelf.STRIDE, oldest);
                }
            }
        }
        return oldest;
    }

    private static long older(long[] words, int index, long oldest) {
        long epoch = (long) LONGS.getVolatile(words, index) >>> SHORT_BITS;
        return epoch != 0 && epoch < oldest ? epoch : oldest;
    }

    /** Slots claimed now. */
    final int claimed() {
        int count = 0;
        for (int index = 0; index < home.length; index += HOME_STRIDE) {
            count += (long) LONGS.getVolatile(home, index) > SHORT_MASK ? 1 : 0;
        }
        for (PinShelf shelf : shelves) {
            for (int row = 0; row < shelf.rows(); row++) {
                for (long taken = shelf.taken(row); taken != 0; taken &= taken - 1) {
                    int slot = row * PinShelf.ROW_SLOTS + Long.numberOfTrailingZeros(taken);
                    long word = (long) LONGS.getVolatile(shelf.words, slot * PinShelf.STRIDE);
                    count += word > SHORT_MASK ? 1 : 0;
                }
            }
        }
        return count;
    }

    private synchronized void addShelf(int seenCount) {
        if (shelves.length == seenCount) {
            if (homeSlots + (seenCount + 1L) * shelfSlots > SLOTS_MAX) {
                throw new IllegalStateException("more than " + SLOTS_MAX + " pins at once");
            }
            PinShelf[] more = Arrays.copyOf(shelves, seenCount + 1);
            more[seenCount] = new PinShelf(shelfRows);
            shelves = more;
        }
    }
}
