package cordwood.memory.pool;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which address a handle names: how allocations of a native library get checked handles. For any
 * number of threads.
 */
final class AddressTable {

    /*
     * A slot is one line of the table: address, size, generation. It is free while its generation is
     * even. Ending a life is a compare-and-set of the generation, so of several frees of one handle
     * exactly one gets the address, wherever they come from: no address is ever freed twice.
     *
     * Free slots are kept in one stack per stripe; a slot goes back to the stripe it came from, so
     * that a thread which only allocates takes up again what another frees. The stack's head carries
     * a count of changes: a slot popped and pushed again in between is noticed.
     *
     * Pages are never given back before close; they are as many as the most cells that were ever
     * alive at once need. Generations only grow, but for one step back when a resize is refused.
     */

    private static final int CELL_SHIFT = 12;
    private static final int PAGES_MAX = Handle.SLABS_MAX - 1;
    private static final int NIL = -1;

    private static final VarHandle GENERATION = MethodHandles.arrayElementVarHandle(int[].class);

    /** Told of a life that the table's close has ended. */
    interface Ended {
        void accept(long address, long bytes);
    }

    /** A run of slots. */
    private static final class Page {
        final PaddedLong stack;
        final long tag;
        final long[] places = new long[2 * Handle.CELLS_MAX];
        final int[] generations = new int[Handle.CELLS_MAX];
        final int[] next = new int[Handle.CELLS_MAX];

        Page(PaddedLong stack, long tag) {
            this.stack = stack;
            this.tag = tag;
        }
    }

    private final long poolTag;
    private final PaddedLong[] stacks;
    private final ReentrantLock growing = new ReentrantLock();
    private volatile Page[] pages = {};
    private volatile boolean closed;

    AddressTable(long poolTag, int stripes) {
        this.poolTag = poolTag;
        this.stacks = new PaddedLong[stripes];
        for (int i = 0; i < stripes; i++) {
            stacks[i] = new PaddedLong();
            stacks[i].setRelease(headOf(0, NIL));
        }
    }

    /** Takes a free slot. */
    int take(int stripe) {
        PaddedLong stack = stacks[stripe];
        while (true) {
            long seen = stack.get();
            int slot = (int) seen;
            if (slot == NIL) {
                return grow(stack);
            }
            int next = pageOf(slot).next[cellOf(slot)];
            if (stack.compareAndSet(seen, headOf(seen, next))) {
                return slot;
            }
        }
    }

    /** Begins a life of a slot that was taken: its handle. */
    long issue(int slot, long address, long bytes) {
        Page page = pageOf(slot);
        int cell = cellOf(slot);
        page.places[2 * cell] = address;
        page.places[2 * cell + 1] = bytes;
        int generation = page.generations[cell] + 1;
        GENERATION.setRelease(page.generations, cell, generation);
        return Handle.of(page.tag, cell, generation);
    }

    /** Ends the life a handle names; from here on the slot is the caller's. */
    int end(long handle) {
        Page page = find(handle);
        int cell = Handle.cell(handle);
        int generation = Handle.generation(handle);
        if ((generation & 1) == 0
                || !GENERATION.compareAndSet(page.generations, cell, generation, generation + 1)) {
            throw BadHandle.stale(handle);
        }
        return slotOf(handle);
    }

    /** Takes the end of a life back. */
    void resume(int slot) {
        Page page = pageOf(slot);
        int cell = cellOf(slot);
        GENERATION.setRelease(page.generations, cell, page.generations[cell] - 1);
    }

    /** Gives back a slot that was taken, or whose life was ended. */
    void giveBack(int slot) {
        Page page = pageOf(slot);
        int cell = cellOf(slot);
        if (page.generations[cell] < Handle.GENERATION_END) {
            push(page, cell, slot);
        }
    }

    /** Whether a slot has no life left after the one a handle names. */
    static boolean isLastLife(long handle) {
        return Handle.generation(handle) + 1 >= Handle.GENERATION_END;
    }

    /** The address of a slot that is the caller's. */
    long slotAddress(int slot) {
        return pageOf(slot).places[2 * cellOf(slot)];
    }

    /** The bytes of a slot that is the caller's. */
    long slotBytes(int slot) {
        return pageOf(slot).places[2 * cellOf(slot) + 1];
    }

    /** The bytes of a live cell. */
    long bytes(long handle) {
        Page page = find(handle);
        requireLife(page, handle);
        long bytes = page.places[2 * Handle.cell(handle) + 1];
        VarHandle.loadLoadFence();
        requireLife(page, handle);
        return bytes;
    }

    /** The memory of a live cell. */
    MemorySegment view(long handle, MemorySegment addressSpace) {
        Page page = find(handle);
        requireLife(page, handle);
        int place = 2 * Handle.cell(handle);
        long address = page.places[place];
        long bytes = page.places[place + 1];
        VarHandle.loadLoadFence();
        requireLife(page, handle); // so both are of this life
        return addressSpace.asSlice(address, Math.min(bytes, Integer.MAX_VALUE));
    }

    /** Whether a handle may have been issued from here. */
    boolean isOwn(long handle) {
        return Handle.slab(handle, poolTag) < pages.length;
    }

    boolean isClosed() {
        return closed;
    }

    /** Throws after close. */
    void requireOpen() {
        if (closed) {
            throw closed();
        }
    }

    /** Ends every life there is; from now on every look-up throws. */
    void close(Ended ended) {
        growing.lock();
        try {
            closed = true;
            for (Page page : pages) {
                endAll(page, ended);
            }
            pages = new Page[0];
        } finally {
            growing.unlock();
        }
    }

    private static void endAll(Page page, Ended ended) {
        for (int cell = 0; cell < Handle.CELLS_MAX; cell++) {
            int generation = page.generations[cell];
            if ((generation & 1) != 0
                    && GENERATION.compareAndSet(
                            page.generations, cell, generation, generation + 1)) {
                ended.accept(page.places[2 * cell], page.places[2 * cell + 1]);
            }
        }
    }

    /** A stack with no slot left gets a page of them: the first one. */
    private int grow(PaddedLong stack) {
        growing.lock();
        try {
            requireOpen();
            int number = pages.length;
            if (number == PAGES_MAX) {
                throw new IllegalStateException("the pool has used all slots");
            }
            Page page = new Page(stack, Handle.slabTag(poolTag, number));
            int first = number << CELL_SHIFT;
            for (int cell = 1; cell < Handle.CELLS_MAX - 1; cell++) {
                page.next[cell] = first + cell + 1;
            }
            Page[] more = Arrays.copyOf(pages, number + 1);
            more[number] = page;
            pages = more;
            push(page, Handle.CELLS_MAX - 1, first + 1);
            return first;
        } finally {
            growing.unlock();
        }
    }

    /** Puts linked slots on a page's stack, of which {@code lastCell} is to link to the rest. */
    private static void push(Page page, int lastCell, int firstSlot) {
        while (true) {
            long seen = page.stack.get();
            page.next[lastCell] = (int) seen;
            if (page.stack.compareAndSet(seen, headOf(seen, firstSlot))) {
                return;
            }
        }
    }

    /** The head of a stack after another one. */
    private static long headOf(long before, int slot) {
        return ((before >>> Integer.SIZE) + 1) << Integer.SIZE | Integer.toUnsignedLong(slot);
    }

    private Page find(long handle) {
        Page[] all = pages;
        int number = Handle.slab(handle, poolTag);
        if (number >= all.length) {
            requireOpen();
            throw BadHandle.foreign(handle);
        }
        return all[number];
    }

    private static void requireLife(Page page, long handle) {
        int generation = Handle.generation(handle);
        if ((generation & 1) == 0
                || (int) GENERATION.getAcquire(page.generations, Handle.cell(handle))
                        != generation) {
            throw BadHandle.stale(handle);
        }
    }

    private Page pageOf(int slot) {
        return pages[slot >>> CELL_SHIFT];
    }

    private static int cellOf(int slot) {
        return slot & (Handle.CELLS_MAX - 1);
    }

    private int slotOf(long handle) {
        return Handle.slab(handle, poolTag) << CELL_SHIFT | Handle.cell(handle);
    }

    private static IllegalStateException closed() {
        return new IllegalStateException("the pool is closed");
    }
}
