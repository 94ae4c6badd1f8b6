package cordwood.rocksdb;

import cordwood.store.Space;
import cordwood.store.StreamBounds;
import java.util.Arrays;

/**
 * What a batch did to each of its streams: the lowest position put and the highest trim. The
 * committer compares the former with the trim points in force, and need not look into the batch.
 */
final class StreamMarks {

    private static final int SLOTS_MIN = 8;
    private static final int SPACES = 256;

    // parallel arrays, one entry per stream in the order of first use
    private int[] spaceIds = new int[SLOTS_MIN / 2];
    private long[] streams = new long[SLOTS_MIN / 2];
    private long[] lowestPuts = new long[SLOTS_MIN / 2];
    private boolean[] hasPuts = new boolean[SLOTS_MIN / 2];
    private long[] trims = new long[SLOTS_MIN / 2];
    private boolean[] hasTrims = new boolean[SLOTS_MIN / 2];
    // open addressing: entry + 1, 0 where free; a power of two, at most half full
    private int[] slots = new int[SLOTS_MIN];
    private int size;
    private int trimCount;
    private int last;

    int size() {
        return size;
    }

    /** Streams that there is memory for. */
    int capacity() {
        return streams.length;
    }

    /** Streams that are trimmed. */
    int trimCount() {
        return trimCount;
    }

    int spaceId(int index) {
        return spaceIds[index];
    }

    long stream(int index) {
        return streams[index];
    }

    /** Whether a put of the stream, which has some, is hidden by a trim point. */
    boolean putsAtOrBelow(int index, long trimmedTo) {
        return hides(trimmedTo, lowestPuts[index]);
    }

    /** Whether a trim point hides a position. */
    static boolean hides(long trimmedTo, long position) {
        return position <= trimmedTo && trimmedTo != StreamBounds.NEVER_TRIMMED;
    }

    boolean hasPut(int index) {
        return hasPuts[index];
    }

    boolean hasTrim(int index) {
        return hasTrims[index];
    }

    long trim(int index) {
        return trims[index];
    }

    /** The highest trim of a stream, or {@link StreamBounds#NEVER_TRIMMED}. */
    long trimOf(int spaceId, long stream) {
        int index = slots[slotOf(spaceId, stream)] - 1;
        return index >= 0 && hasTrims[index] ? trims[index] : StreamBounds.NEVER_TRIMMED;
    }

    /** Notes a put; false when a trim earlier in the batch hides it. */
    boolean put(Space space, long stream, long position) {
        int index = indexOf(space.id(), stream);
        if (hasTrims[index] && hides(trims[index], position)) {
            return false;
        }
        lowestPuts[index] = hasPuts[index] ? Math.min(lowestPuts[index], position) : position;
        hasPuts[index] = true;
        return true;
    }

    void trim(Space space, long stream, long to) {
        trim(space.id(), stream, to);
    }

    void trim(int spaceId, long stream, long to) {
        int index = indexOf(spaceId, stream);
        if (!hasTrims[index]) {
            hasTrims[index] = true;
            trims[index] = to;
            trimCount++;
        } else {
            trims[index] = Math.max(trims[index], to);
        }
    }

    /** All entries, in the order of their streams' keys. */
    int[] inKeyOrder() {
        int[] ends = new int[SPACES];
        for (int i = 0; i < size; i++) {
            ends[spaceIds[i]]++;
        }
        for (int spaceId = 1; spaceId < SPACES; spaceId++) {
            ends[spaceId] += ends[spaceId - 1];
        }
        int[] free = ends.clone();
        long[] sorted = new long[size];
        for (int i = 0; i < size; i++) {
            sorted[--free[spaceIds[i]]] = streams[i];
        }
        int[] order = new int[size];
        for (int spaceId = 0; spaceId < SPACES; spaceId++) {
            Arrays.sort(sorted, free[spaceId], ends[spaceId]);
            for (int i = free[spaceId]; i < ends[spaceId]; i++) {
                order[i] = slots[slotOf(spaceId, sorted[i])] - 1;
            }
        }
        return order;
    }

    /** Keeps no memory for many streams; where the heap is full, nothing was cleared. */
    void clear() {
        if (slots.length > SLOTS_MIN) {
            resize(SLOTS_MIN, 0);
        } else {
            Arrays.fill(slots, 0);
        }
        size = 0;
        trimCount = 0;
    }

    private int indexOf(int spaceId, long stream) {
        if (size > 0 && streams[last] == stream && spaceIds[last] == spaceId) {
            return last;
        }
        int slot = slotOf(spaceId, stream);
        if (slots[slot] == 0) {
            if (2 * (size + 1) > slots.length) {
                resize(2 * slots.length, size);
                slot = slotOf(spaceId, stream);
            }
            slots[slot] = size + 1;
            spaceIds[size] = spaceId;
            streams[size] = stream;
            hasPuts[size] = false;
            hasTrims[size] = false;
            size++;
        }
        last = slots[slot] - 1;
        return last;
    }

    private int slotOf(int spaceId, long stream) {
        int mask = slots.length - 1;
        int slot = hash(spaceId, stream) & mask;
        while (slots[slot] != 0) {
            int index = slots[slot] - 1;
            if (streams[index] == stream && spaceIds[index] == spaceId) {
                break;
            }
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    static int hash(int spaceId, long stream) {
        long mixed = (stream * 31 + spaceId) * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 32);
    }

    /** Takes all the heap it needs before it changes anything. */
    private void resize(int slotCount, int keptCount) {
        int[] newSlots = new int[slotCount];
        int entries = slotCount / 2;
        int[] newSpaceIds = Arrays.copyOf(spaceIds, entries);
        long[] newStreams = Arrays.copyOf(streams, entries);
        long[] newLowestPuts = Arrays.copyOf(lowestPuts, entries);
        boolean[] newHasPuts = Arrays.copyOf(hasPuts, entries);
        long[] newTrims = Arrays.copyOf(trims, entries);
        hasTrims = Arrays.copyOf(hasTrims, entries);
        spaceIds = newSpaceIds;
        streams = newStreams;
        lowestPuts = newLowestPuts;
        hasPuts = newHasPuts;
        trims = newTrims;
        slots = newSlots;
        for (int i = 0; i < keptCount; i++) {
            slots[slotOf(spaceIds[i], streams[i])] = i + 1;
        }
    }
}
