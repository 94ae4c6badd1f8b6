package cordwood.lsm.read;

import cordwood.lsm.format.LittleEndian;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.format.StretchWalk;
import cordwood.lsm.memtable.Memtable;
import cordwood.lsm.memtable.MemtableWalk;
import cordwood.lsm.table.OpenBlocks;
import cordwood.lsm.table.Table;
import cordwood.lsm.table.TableWalk;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A walk over one stream in everything that holds some of it: of the records at one position the
 * newest is seen. Used again and again by one thread, under a pin.
 */
public final class Merge {

    /*
     * Walks are set up newest place first, so at a tie the lower index wins; the two lists of one
     * memtable, which have the same age, are told apart by arrival.
     *
     * Appended streams seldom overlap: as long as the current walk stays before `limit`, the nearest
     * of all others, it goes on alone. Walks that found no record yet take part with their bound.
     *
     * Tables share a few blocks: a walk that found its record may have to load it again when its turn
     * comes, so memory does not grow with the number of tables.
     */
    private static final int WALKS_KEPT = 16;

    private final OpenBlocks blocks = new OpenBlocks();
    private final List<MemtableWalk> memtableWalks = new ArrayList<>();
    private final List<TableWalk> tableWalks = new ArrayList<>();
    private final List<StretchWalk> walks = new ArrayList<>();
    private int[] ages = new int[8];
    private int memtableWalksUsed;
    private int tableWalksUsed;
    private int age;

    private boolean rising;
    private @Nullable StretchWalk current;
    private boolean alone;
    private long limit;

    /** A merge of nothing. */
    public Merge() {}

    /** Takes all places that may hold the stream. */
    public void open(View view, StreamKey key) {
        release();
        Version version = view.version();
        add(version.active(), key, view.activeLimit());
        for (Memtable memtable : version.sealed()) {
            add(memtable, key, memtable.visible());
        }
        for (Table table : version.tables(key.kind())) {
            add(table, key);
        }
    }

    /** Takes a memtable, older than what was taken before, up to a limit of places. */
    public void add(Memtable memtable, StreamKey key, long limit) {
        for (int side = 0; side < 2; side++) {
            if (memtableWalksUsed == memtableWalks.size()) {
                memtableWalks.add(new MemtableWalk());
            }
            MemtableWalk walk = memtableWalks.get(memtableWalksUsed);
            if (memtable.walk(walk, key, side == 1, limit)) {
                memtableWalksUsed++;
                add(walk);
            }
        }
        age++;
    }

    /** Takes a table, older than what was taken before. */
    public void add(Table table, StreamKey key) {
        if (table.mayContain(key.tag(), key.stream())) {
            if (tableWalksUsed == tableWalks.size()) {
                tableWalks.add(new TableWalk(blocks));
            }
            TableWalk walk = tableWalks.get(tableWalksUsed++);
            walk.set(table, key);
            add(walk);
        }
        age++;
    }

    private void add(StretchWalk walk) {
        if (walks.size() == ages.length) {
            ages = Arrays.copyOf(ages, ages.length * 2);
        }
        ages[walks.size()] = age;
        walks.add(walk);
    }

    /** Starts before the record nearest to a position, which may be at it. */
    public void seek(long from, boolean inRisingOrder) {
        rising = inRisingOrder;
        current = null;
        for (int i = 0; i < walks.size(); i++) {
            walks.get(i).seek(from, rising);
        }
    }

    /** Moves to the next position; false at the end. */
    public boolean next() {
        StretchWalk walk = current;
        if (walk == null) {
            return pick();
        }
        long passed = walk.position();
        walk.next();
        if (alone && !walk.ended() && isBefore(walk.position(), limit)) {
            return true;
        }
        if (!alone) {
            pass(passed);
        }
        return pick();
    }

    /** Moves all walks beyond a position. */
    private void pass(long position) {
        for (int i = 0; i < walks.size(); i++) {
            StretchWalk walk = walks.get(i);
            while (!walk.ended() && walk.found() && walk.position() == position) {
                walk.pass();
            }
        }
    }

    private boolean isBefore(long position, long other) {
        return rising ? position < other : position > other;
    }

    /** Finds the newest of the nearest records, and how far it is alone. */
    private boolean pick() {
        while (true) {
            StretchWalk best = null;
            int bestAge = 0;
            boolean tied = false;
            long others = rising ? Long.MAX_VALUE : Long.MIN_VALUE;
            for (int i = 0; i < walks.size(); i++) {
                StretchWalk walk = walks.get(i);
                if (walk.ended()) {
                    continue;
                }
                if (best == null || isBefore(walk.position(), best.position())) {
                    if (best != null) {
                        others = best.position();
                    }
                    best = walk;
                    bestAge = ages[i];
                    tied = false;
                } else if (walk.position() == best.position()) {
                    tied = true;
                    boolean wins = wins(walk, ages[i], best, bestAge);
                    best = wins ? walk : best;
                    bestAge = wins ? ages[i] : bestAge;
                } else if (isBefore(walk.position(), others)) {
                    others = walk.position();
                }
            }
            if (best == null) {
                current = null;
                return false;
            }
            if (best.loaded()) {
                current = best;
                alone = !tied;
                limit = others;
                return true;
            }
            best.load();
        }
    }

    /** Of two at one position: first those to be looked up, then the newer. */
    private static boolean wins(StretchWalk walk, int age, StretchWalk best, int bestAge) {
        if (!walk.found() || !best.found()) {
            return best.found();
        }
        return age == bestAge && walk.arrival() > best.arrival();
    }

    /**
     * The highest number that any place holds in the eight bytes at a position, or {@code none}.
     */
    public long highest(long position, long none) {
        long highest = none;
        for (int i = 0; i < walks.size(); i++) {
            StretchWalk walk = walks.get(i);
            walk.seek(position, true);
            if (!walk.ended() && !walk.loaded() && walk.position() == position) {
                walk.load();
            }
            if (!walk.ended() && walk.loaded() && walk.position() == position) {
                highest = Math.max(highest, LittleEndian.i64(walk.segment(), walk.valueAt()));
            }
        }
        return highest;
    }

    /** Position of the current record. */
    public long position() {
        return currentWalk().position();
    }

    /** Where the current value lies. */
    public MemorySegment segment() {
        return currentWalk().segment();
    }

    /** Offset of the current value in {@link #segment()}. */
    public long valueAt() {
        return currentWalk().valueAt();
    }

    /** Length of the current value. */
    public int valueBytes() {
        return currentWalk().valueBytes();
    }

    private StretchWalk currentWalk() {
        StretchWalk walk = current;
        if (walk == null) {
            throw new IllegalStateException("the merge is on no record");
        }
        return walk;
    }

    /** Whether there is no place to read from. */
    public boolean isEmpty() {
        return walks.isEmpty();
    }

    /** Lets go of all places. */
    public void release() {
        for (int i = 0; i < walks.size(); i++) {
            walks.get(i).release();
        }
        walks.clear();
        blocks.release();
        memtableWalksUsed = 0;
        tableWalksUsed = 0;
        age = 0;
        current = null;
        if (tableWalks.size() > WALKS_KEPT) {
            tableWalks.subList(WALKS_KEPT, tableWalks.size()).clear();
        }
    }
}
