package cordwood.memory.pool;

import cordwood.memory.HandlesRefused;
import cordwood.memory.HeapRefused;
import cordwood.memory.stack.StackRoom;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Which address a handle names: how allocations of a native library get checked handles. For any
 * number of threads.
 */
final class AddressTable {

    /*
     * A slot is one line of the table: address, size, generation. It is free while its generation is
     * even. Ending a life is a compare-and-set of the generation, so of several frees of one handle
     * exactly one gets the address, wherever they come from: no address is ever freed twice. A
     * retired cell's generation has a mark besides: its life is ended by whoever took it off its
     * list, and by nobody else.
     *
     * Free slots are kept in one stack per stripe; a slot goes back to the stripe it came from, so
     * that a thread which only allocates takes up again what another frees. The stack's head carries
     * a count of changes: a slot popped and pushed again in between is noticed.
     *
     * The link of a slot is its own in turn: of the free stack, of a list of retired cells, or, while
     * the slot is somebody's, the note that he failed and left behind what places say. A note is
     * plain stores alone, so whatever failed, it succeeds; the sweep finds it.
     *
     * Everything is worked out before the step that changes something, and no call follows it: an
     * Error out of any method here means that nothing was changed. That of growing is several steps.
     *
     * Issuing sets the generation and then looks whether the table was closed; closing says so and
     * then looks at the generations. So one of the two ends the life, and neither both.
     *
     * Pages are never given back; they are as many as the most cells that were ever alive at once
     * need. Generations only grow, but for the step back when an end is taken back.
     */

    /** No slot. */
    static final int NIL = -1;

    private static final int CELL_SHIFT = 12;
    private static final int PAGES_MAX = (1 << 19) - 1; // so that slots are no negative numbers

    /** In a generation: the cell is retired. Above all generations there are. */
    private static final int RETIRED = 1 << 30;

    /** In a link: the slot was left behind, and its end is counted or is still to be. */
    private static final int LEFT_COUNTED = -2;

    private static final int LEFT_UNCOUNTED = -3;

    /** The second word of a place: bytes, and above them the logarithm of the alignment. */
    private static final int SIZE_BITS = 56;

    private static final long SIZE_MASK = (1L << SIZE_BITS) - 1;

    private static final VarHandle GENERATION = MethodHandles.arrayElementVarHandle(int[].class);

    /** Gives back what a slot holds that somebody left behind, and the slot. */
    interface Sweeper {
        void giveBack(int slot, boolean isCounted);
    }

    /** A run of slots. */
    private static final class Page {

        /** Of heap, for each slot. */
        static final long SLOT_BYTES = 2 * Long.BYTES + 2 * Integer.BYTES;

        final PaddedLong stack;
        final long tag;
        final long[] places = new long[2 * Handle.CELLS_MAX];
        final int[] generations = new int[Handle.CELLS_MAX];
        final int[] next = new int[Handle.CELLS_MAX];

        Page(PaddedLong stack, long tag, int generation) {
            this.stack = stack;
            this.tag = tag;
            Arrays.fill(generations, generation);
        }
    }

    private final long poolTag;
    private final int firstGeneration;
    private final PaddedLong[] stacks;
    private final Object growing = new Object();

    /** Made before it is wanted. */
    private final HeapRefused heapIsFull = HeapRefused.prepared();

    private volatile Page[] pages = {};

    /** Whether somebody left a slot behind. */
    private volatile boolean leftBehind;

    /** Read without a call after a life was issued. */
    volatile boolean closed;

    /** The first slots of the two lists of retired cells. Guarded by the lock of those. */
    private final int[] retiredSlots = {NIL, NIL};

    AddressTable(HandleSeries series, int stripes) {
        this.poolTag = series.poolTag();
        this.firstGeneration = series.firstGeneration();
        this.stacks = new PaddedLong[stripes];
        for (int i = 0; i < stripes; i++) {
            stacks[i] = new PaddedLong();
            stacks[i].setRelease(headOf(0, NIL));
        }
    }

    /** Takes a free slot, which holds nothing. */
    int take(int stripe) {
        PaddedLong stack = stacks[stripe];
        while (true) {
            long seen = stack.get();
            int slot = (int) seen;
            if (slot == NIL) {
                return growOrRefuse(stack);
            }
            int next = pageOf(slot).next[cellOf(slot)];
            if (stack.compareAndSet(seen, headOf(seen, next))) {
                return slot;
            }
        }
    }

    /**
     * Begins a life of a slot that was taken: its handle. When the table is {@link #closed} by
     * then, the life is to be ended by whoever comes first: {@link #tryEnd}.
     */
    long issue(int slot, long address, long bytes, int alignmentBytes) {
        Page page = pageOf(slot);
        int cell = cellOf(slot);
        int generation = page.generations[cell] + 1;
        long handle = Handle.of(page.tag, cell, generation);
        long size = (long) Integer.numberOfTrailingZeros(alignmentBytes) << SIZE_BITS | bytes;
        page.places[2 * cell] = address;
        page.places[2 * cell + 1] = size;
        GENERATION.setVolatile(page.generations, cell, generation);
        return handle;
    }

    /** Ends the life a handle names; from here on the slot is the caller's. */
    int end(long handle) {
        Page page = find(handle);
        int slot = slotOf(handle);
        int generation = Handle.generation(handle);
        if ((generation & 1) == 0 || !swap(page, slot, generation, generation + 1)) {
            throw stale(handle);
        }
        return slot;
    }

    /** Ends the life of a retired cell; from here on the slot is the caller's. */
    int endRetired(long handle) {
        Page page = find(handle);
        int slot = slotOf(handle);
        int generation = Handle.generation(handle);
        if ((generation & 1) == 0 || !swap(page, slot, generation | RETIRED, generation + 1)) {
            throw stale(handle);
        }
        return slot;
    }

    /** As {@link #end}, closed or not; {@link #NIL} when somebody else ended it. */
    int tryEnd(long handle) {
        int slot = slotOf(handle);
        int generation = Handle.generation(handle);
        return swap(pageOf(slot), slot, generation, generation + 1) ? slot : NIL;
    }

    /** Takes the end of a life back. */
    void resume(int slot) {
        Page page = pageOf(slot);
        int cell = cellOf(slot);
        GENERATION.setVolatile(page.generations, cell, page.generations[cell] - 1);
    }

    /** Gives back a slot that is the caller's and holds nothing any more. */
    void giveBack(int slot) {
        Page page = pageOf(slot);
        int cell = cellOf(slot);
        if (page.generations[cell] < Handle.GENERATION_END) {
            push(page, cell, slot);
        }
    }

    /**
     * Leaves a slot that is the caller's to the next sweep, with all it holds.
     *
     * @param isCounted whether the end of its last life is in the figures, if it had one
     */
    void leaveBehind(int slot, boolean isCounted) {
        int note = isCounted ? LEFT_COUNTED : LEFT_UNCOUNTED;
        pages[slot >>> CELL_SHIFT].next[slot & (Handle.CELLS_MAX - 1)] = note;
        leftBehind = true;
    }

    /** Hands out every slot that was left behind. One that fails is left behind again. */
    void sweep(Sweeper sweeper) {
        if (!leftBehind) {
            return;
        }
        StackRoom.require();
        synchronized (growing) {
            leftBehind = false;
            for (int slot = pages.length * Handle.CELLS_MAX - 1; slot >= 0; slot--) {
                int[] next = pageOf(slot).next;
                int note = next[cellOf(slot)];
                if (note <= LEFT_COUNTED) {
                    boolean isCounted = note == LEFT_COUNTED;
                    next[cellOf(slot)] = NIL;
                    sweeper.giveBack(slot, isCounted);
                }
            }
        }
    }

    /** The bytes that a slot holds which is the caller's. */
    long heldBytes(int slot) {
        return pageOf(slot).places[2 * cellOf(slot) + 1] & SIZE_MASK;
    }

    /** Where the address and the bytes are that a slot holds: two words at {@link #placeOf}. */
    long[] placesOf(int slot) {
        return pageOf(slot).places;
    }

    /** The first of the two words of a slot in its {@link #placesOf places}. */
    static int placeOf(int slot) {
        return 2 * cellOf(slot);
    }

    /**
     * The bytes of a live cell that is not retired.
     *
     * @throws BadHandle when it is
     */
    long liveBytes(long handle) {
        long bytes = bytes(handle);
        if (isRetired(handle)) {
            throw stale(handle);
        }
        return bytes;
    }

    /** What the address of a cell was asked to be a multiple of, as far as the handle is live. */
    int alignmentBytes(long handle) {
        return 1 << (find(handle).places[2 * Handle.cell(handle) + 1] >>> SIZE_BITS);
    }

    /** The bytes of a live cell that its view has. */
    int cellBytes(long handle) {
        return (int) Math.min(bytes(handle), Integer.MAX_VALUE);
    }

    /** The bytes of a live cell, retired or not. */
    long bytes(long handle) {
        Page page = find(handle);
        requireLife(page, handle);
        long bytes = page.places[2 * Handle.cell(handle) + 1] & SIZE_MASK;
        VarHandle.loadLoadFence();
        requireLife(page, handle);
        return bytes;
    }

    /** The bytes of a cell that was taken off its list. After close any number. */
    int retiredBytes(long handle) {
        return (int) Math.min(heldBytes(slotOf(handle)), Integer.MAX_VALUE);
    }

    /** The memory of a live cell, retired or not. */
    MemorySegment view(long handle, MemorySegment addressSpace) {
        Page page = find(handle);
        requireLife(page, handle);
        int place = 2 * Handle.cell(handle);
        long address = page.places[place];
        long bytes = page.places[place + 1] & SIZE_MASK;
        VarHandle.loadLoadFence();
        requireLife(page, handle); // so both are of this life
        return addressSpace.asSlice(address, Math.min(bytes, Integer.MAX_VALUE));
    }

    /** As {@link RetiredLists#push}. */
    int pushRetired(int list, long handle) {
        Page page = find(handle);
        int slot = slotOf(handle);
        int cell = cellOf(slot);
        int generation = Handle.generation(handle);
        int[] next = page.next;
        int bytes = cellBytes(handle);
        if (!swap(page, slot, generation, generation | RETIRED)) {
            throw stale(handle);
        }
        next[cell] = retiredSlots[list];
        retiredSlots[list] = slot;
        return bytes;
    }

    /** As {@link RetiredLists#pop}; nothing after close, which has taken all. */
    long popRetired(int list) {
        int slot = retiredSlots[list];
        if (slot == NIL || closed) {
            return 0;
        }
        Page page = pageOf(slot);
        int cell = cellOf(slot);
        long handle = Handle.of(page.tag, cell, page.generations[cell] & ~RETIRED);
        retiredSlots[list] = page.next[cell];
        return handle;
    }

    /** As {@link RetiredLists#pushAgain}; nothing after close, which has taken all. */
    void pushRetiredAgain(int list, long handle) {
        if (closed) {
            return;
        }
        Page page = find(handle);
        int slot = slotOf(handle);
        int cell = cellOf(slot);
        int[] next = page.next;
        if (page.generations[cell] != (Handle.generation(handle) | RETIRED)) {
            throw stale(handle);
        }
        next[cell] = retiredSlots[list];
        retiredSlots[list] = slot;
    }

    /** Whether a handle may have been issued from here. */
    boolean isOwn(long handle) {
        return Handle.slab(handle, poolTag) < pages.length;
    }

    /** Throws after close. */
    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the pool is closed");
        }
    }

    /**
     * From now on every look-up throws, and no life begins that is not ended at once. The caller
     * holds the lock of the retired cells, so that nobody is about to link one.
     */
    void close() {
        synchronized (growing) { // so that pages are all there are
            closed = true;
        }
    }

    /** Ends the first life at or after a slot: its slot, now the caller's, or {@link #NIL}. */
    int endNext(int firstSlot) {
        int end = pages.length * Handle.CELLS_MAX;
        for (int slot = firstSlot; slot < end; slot++) {
            Page page = pageOf(slot);
            int generation = (int) GENERATION.getVolatile(page.generations, cellOf(slot));
            while ((generation & 1) != 0) {
                if (swap(page, slot, generation, (generation & ~RETIRED) + 1)) {
                    return slot;
                }
                generation = (int) GENERATION.getVolatile(page.generations, cellOf(slot));
            }
        }
        return NIL;
    }

    /** No handle from here has a higher generation. */
    int generationReached() {
        int reached = firstGeneration;
        for (Page page : pages) {
            for (int generation : page.generations) {
                reached = Math.max(reached, generation & ~RETIRED);
            }
        }
        return reached;
    }

    /** A stack with no slot left gets a page of them: the first one. */
    private int growOrRefuse(PaddedLong stack) {
        try {
            return grow(stack);
        } catch (OutOfMemoryError full) {
            throw HeapRefused.of(Handle.CELLS_MAX * Page.SLOT_BYTES, heapIsFull);
        }
    }

    private int grow(PaddedLong stack) {
        StackRoom.require();
        synchronized (growing) {
            requireOpen();
            int number = pages.length;
            if (number == PAGES_MAX) {
                throw new HandlesRefused(PAGES_MAX);
            }
            Page page = new Page(stack, Handle.slabTag(poolTag, number), firstGeneration);
            int first = number << CELL_SHIFT;
            for (int cell = 1; cell < Handle.CELLS_MAX - 1; cell++) {
                page.next[cell] = first + cell + 1;
            }
            Page[] more = Arrays.copyOf(pages, number + 1);
            more[number] = page;
            pages = more;
            push(page, Handle.CELLS_MAX - 1, first + 1);
            return first;
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
        requireOpen();
        Page[] all = pages;
        int number = Handle.slab(handle, poolTag);
        if (number >= all.length) {
            throw BadHandle.foreign(handle);
        }
        return all[number];
    }

    private static boolean swap(Page page, int slot, int expected, int generation) {
        return GENERATION.compareAndSet(page.generations, cellOf(slot), expected, generation);
    }

    /** Nobody else's mistake when it was the close that ended it. */
    private BadHandle stale(long handle) {
        requireOpen();
        return BadHandle.stale(handle);
    }

    private void requireLife(Page page, long handle) {
        int generation = Handle.generation(handle);
        int found = (int) GENERATION.getAcquire(page.generations, Handle.cell(handle));
        if ((generation & 1) == 0 || (found & ~RETIRED) != generation) {
            throw stale(handle);
        }
    }

    private boolean isRetired(long handle) {
        int found = (int) GENERATION.getAcquire(find(handle).generations, Handle.cell(handle));
        return (found & RETIRED) != 0;
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
}
