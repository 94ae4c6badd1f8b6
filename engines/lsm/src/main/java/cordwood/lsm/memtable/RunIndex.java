package cordwood.lsm.memtable;

import cordwood.lsm.format.StreamKey;
import cordwood.store.HeapPause;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Finds a stream's run in a memtable by its key: an open-addressed hash table of references to runs
 * in an {@link IndexArena}. One thread adds, any number look up meanwhile, without locks.
 *
 * <pre>
 *   run = stream tag (unused) main side      main, side: lists of stretches
 * </pre>
 */
final class RunIndex {

    private static final int STREAM_AT = 0;
    private static final int TAG_AT = 8;

    /** Where a run's list of stretches that share no position is. */
    static final int MAIN_AT = 16;

    /** Where a run's list of single records that came later than others around them is. */
    static final int SIDE_AT = MAIN_AT + StretchList.LIST_BYTES;

    /** Bytes of a run. */
    static final int RUN_BYTES = SIDE_AT + StretchList.LIST_BYTES;

    private static final int SLOTS_MIN = 1 << 8;
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(int[].class);

    private final IndexArena arena;

    // a slot goes from 0 to a reference once; a larger table is published when it is complete
    private volatile int[] slots = new int[SLOTS_MIN];
    private int count; // of the adding thread

    RunIndex(IndexArena arena) {
        this.arena = arena;
    }

    /** The run of a key, or 0. */
    int find(int tag, long stream) {
        int[] table = slots;
        for (int slot = home(tag, stream, table.length); ; slot = (slot + 1) & (table.length - 1)) {
            int run = (int) SLOT.getAcquire(table, slot);
            if (run == 0 || (stream(run) == stream && tag(run) == tag)) {
                return run;
            }
        }
    }

    /** The run of a key, made when there is none. Adding thread only. */
    int findOrAdd(int tag, long stream) {
        int found = find(tag, stream);
        if (found != 0) {
            return found;
        }
        while (count >= slots.length / 2 && !isGrown()) {
            HeapPause.take(); // what is to be indexed is in the log already
        }
        int run = arena.allocate(RUN_BYTES);
        arena.putLongPlain(run, STREAM_AT, stream);
        arena.putIntPlain(run, TAG_AT, tag);
        place(slots, run, tag, stream);
        count++;
        return run;
    }

    private boolean isGrown() {
        int[] old = slots;
        int[] table;
        try {
            table = new int[old.length * 2];
        } catch (OutOfMemoryError _) {
            return false;
        }
        for (int run : old) {
            if (run != 0) {
                place(table, run, tag(run), stream(run));
            }
        }
        slots = table;
        return true;
    }

    private static void place(int[] table, int run, int tag, long stream) {
        int slot = home(tag, stream, table.length);
        while (table[slot] != 0) {
            slot = (slot + 1) & (table.length - 1);
        }
        SLOT.setRelease(table, slot, run);
    }

    private static int home(int tag, long stream, int slotCount) {
        long mixed = (stream ^ ((long) tag << 48)) * 0x9E37_79B9_7F4A_7C15L;
        mixed ^= mixed >>> 32;
        return (int) ((mixed * 0xD6E8_FEB8_6659_FD93L) >>> 32) & (slotCount - 1);
    }

    long stream(int run) {
        return arena.longPlain(run, STREAM_AT);
    }

    int tag(int run) {
        return arena.intPlain(run, TAG_AT);
    }

    /** How many runs there are. */
    int count() {
        return count;
    }

    /** The streams with a tag, rising. Those added meanwhile may be missing. */
    long[] streams(int tag) {
        int[] table = slots;
        long[] streams = new long[64];
        int found = 0;
        for (int slot = 0; slot < table.length; slot++) {
            int run = (int) SLOT.getAcquire(table, slot);
            if (run != 0 && tag(run) == tag) {
                if (found == streams.length) {
                    streams = Arrays.copyOf(streams, found * 2);
                }
                streams[found++] = stream(run);
            }
        }
        streams = Arrays.copyOf(streams, found);
        Arrays.sort(streams);
        return streams;
    }

    /** The tags there are, rising. */
    int[] tags() {
        BitSet seen = new BitSet();
        int[] table = slots;
        for (int slot = 0; slot < table.length; slot++) {
            int run = (int) SLOT.getAcquire(table, slot);
            if (run != 0) {
                seen.set(tag(run));
            }
        }
        return seen.stream().toArray();
    }

    /** The key of a run. */
    StreamKey key(int run) {
        return StreamKey.of(tag(run), stream(run));
    }
}
