package cordwood.lsm.read;

import cordwood.lsm.format.LittleEndian;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.format.StretchWalk;
import cordwood.lsm.memtable.Memtable;
import cordwood.lsm.memtable.MemtableWalk;
import cordwood.lsm.table.OpenBlocks;
import cordwood.lsm.table.ScanRoom;
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
     * Of two places at a tie the younger wins; the two lists of one memtable, which have the same
     * age, are told apart by arrival.
     *
     * Appended streams seldom overlap: as long as the current walk stays before `limit`, the nearest
     * of all others, it goes on alone. Walks that found no record yet take part with their bound.
     * Tables that are known to begin further on have no walk yet: the nearest of them begins at the
     * horizon, and they are taken in once the merge gets there. So many tables, one behind the other,
     * take no more than a few.
     *
     * Tables share a few blocks: a walk that found its record may have to load it again when its turn
     * comes, so memory does not grow with the number of tables.
     */
    private static final int WALKS_KEPT = 16;

    private final OpenBlocks blocks = new OpenBlocks();

    // the places that may hold some of the stream in the range
    private @Nullable StreamKey key;
    private long low = Long.MIN_VALUE;
    private long high = Long.MAX_VALUE;
    private final List<Table> tables = new ArrayList<>();
    private int[] tableAges = new int[8];
    private int age;

    // the walks under way: first those in memtables
    private final List<StretchWalk> walks = new ArrayList<>();
    private int[] ages = new int[8];
    private int memtableWalksUsed;
    private final List<MemtableWalk> memtableWalks = new ArrayList<>();
    private final List<TableWalk> idleTableWalks = new ArrayList<>(WALKS_KEPT);

    private boolean rising;
    private boolean waiting; // whether there are tables beyond the horizon
    private long horizon;
    private @Nullable StretchWalk current;
    private boolean alone;
    private long limit;

    /** A merge of nothing. */
    public Merge() {}

    /** Takes all places that may hold the stream. */
    public void open(View view, StreamKey of) {
        open(view, of, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    /** Takes all places that may hold some of the stream from one position up to another. */
    public void open(View view, StreamKey of, long from, long to) {
        release();
        within(from, to);
        Version version = view.version();
        add(version.active(), of, view.activeLimit());
        for (Memtable memtable : version.sealed()) {
            add(memtable, of, memtable.visible());
        }
        for (Table table : version.tables(of.kind())) {
            add(table, of);
        }
    }

    /** Sees nothing outside of a range from now on; before places are taken. */
    public void within(long from, long to) {
        low = from;
        high = to;
    }

    /** Takes a memtable, older than what was taken before, up to a limit of places. */
    public void add(Memtable memtable, StreamKey of, long limitOfPlaces) {
        for (int side = 0; side < 2; side++) {
            if (memtableWalksUsed == memtableWalks.size()) {
                memtableWalks.add(new MemtableWalk());
            }
            MemtableWalk walk = memtableWalks.get(memtableWalksUsed);
            if (memtable.walk(walk, of, side == 1, limitOfPlaces)) {
                add(walk, age);
                memtableWalksUsed++;
            }
        }
        age++;
    }

    /** Takes a table, older than what was taken before. */
    public void add(Table table, StreamKey of) {
        if (table.mayContain(of.tag(), of.stream(), low, high)) {
            key = of;
            if (tables.size() == tableAges.length) {
                tableAges = Arrays.copyOf(tableAges, tableAges.length * 2);
            }
            tableAges[tables.size()] = age;
            tables.add(table);
        }
        age++;
    }

    private void add(StretchWalk walk, int ageOfPlace) {
        if (walks.size() == ages.length) {
            ages = Arrays.copyOf(ages, ages.length * 2);
        }
        ages[walks.size()] = ageOfPlace;
        walks.add(walk);
    }

    /** Starts before the record nearest to a position, which may be at it. */
    public void seek(long from, boolean inRisingOrder) {
        rising = inRisingOrder;
        current = null;
        blocks.aloneUpTo(from);
        for (int i = walks.size() - 1; i >= memtableWalksUsed; i--) {
            idle((TableWalk) walks.removeLast());
        }
        for (int i = 0; i < walks.size(); i++) {
            walks.get(i).seek(from, rising);
        }
        waiting = false;
        for (int i = 0; i < tables.size(); i++) {
            Table table = tables.get(i);
            if (beginsBeyond(table, from)) {
                wait(table);
            } else if (mayFollow(table, from)) {
                start(i, from);
            }
        }
    }

    /** Lets go of walks in tables that have nothing more in the range. */
    private void dropEnded() {
        int kept = memtableWalksUsed;
        for (int i = kept; i < walks.size(); i++) {
            StretchWalk walk = walks.get(i);
            if (walk.ended() || isOutOfRange(walk.position())) {
                idle((TableWalk) walk);
            } else {
                ages[kept] = ages[i];
                walks.set(kept++, walk);
            }
        }
        walks.subList(kept, walks.size()).clear();
    }

    /** Takes in the tables that begin at the horizon. */
    private void reachHorizon() {
        dropEnded();
        long reached = horizon;
        waiting = false;
        for (int i = 0; i < tables.size(); i++) {
            Table table = tables.get(i);
            if (beginsBeyond(table, reached)) {
                wait(table);
            } else if (beginsAt(table, reached)) {
                start(i, reached);
            }
        }
    }

    private void wait(Table table) {
        long start = rising ? table.firstPosition() : table.lastPosition();
        horizon = waiting && isBefore(horizon, start) ? horizon : start;
        waiting = true;
    }

    private void start(int index, long from) {
        StreamKey of = key;
        if (of == null) {
            throw new IllegalStateException("tables of no stream");
        }
        TableWalk walk =
                idleTableWalks.isEmpty() ? new TableWalk(blocks) : idleTableWalks.removeLast();
        add(walk, tableAges[index]);
        walk.set(tables.get(index), of);
        walk.seek(from, rising);
    }

    private void idle(TableWalk walk) {
        walk.release();
        if (idleTableWalks.size() < WALKS_KEPT) {
            idleTableWalks.add(walk);
        }
    }

    /** Whether a table's first record in the direction of the merge is the stream's. */
    private boolean isStartKnown(Table table) {
        StreamKey of = key;
        return of != null
                && (rising
                        ? table.startsWith(of.tag(), of.stream())
                        : table.endsWith(of.tag(), of.stream()));
    }

    private boolean beginsBeyond(Table table, long position) {
        return isStartKnown(table)
                && isBefore(position, rising ? table.firstPosition() : table.lastPosition());
    }

    private boolean beginsAt(Table table, long position) {
        return isStartKnown(table)
                && position == (rising ? table.firstPosition() : table.lastPosition());
    }

    /** Whether a table may hold records at or beyond a position. */
    private boolean mayFollow(Table table, long position) {
        StreamKey of = key;
        return of != null
                && (rising
                        ? table.mayContain(of.tag(), of.stream(), position, Long.MAX_VALUE)
                        : table.mayContain(of.tag(), of.stream(), Long.MIN_VALUE, position));
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

    private boolean isOutOfRange(long position) {
        return rising ? position > high : position < low;
    }

    /** The nearest position that may be another's, as far as walks do not tell. */
    private long limitWithoutWalks() {
        long end =
                rising
                        ? high == Long.MAX_VALUE ? high : high + 1
                        : low == Long.MIN_VALUE ? low : low - 1;
        return waiting && isBefore(horizon, end) ? horizon : end;
    }

    /** Finds the newest of the nearest records, and how far it is alone. */
    private boolean pick() {
        while (true) {
            StretchWalk best = null;
            int bestAge = 0;
            boolean tied = false;
            long others = limitWithoutWalks();
            for (int i = 0; i < walks.size(); i++) {
                StretchWalk walk = walks.get(i);
                if (walk.ended()) {
                    continue;
                }
                if (best == null || isBefore(walk.position(), best.position())) {
                    if (best != null && isBefore(best.position(), others)) {
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
            if (waiting && (best == null || !isBefore(best.position(), horizon))) {
                reachHorizon();
            } else if (best == null || isOutOfRange(best.position())) {
                current = null;
                return false;
            } else if (best.loaded()) {
                current = best;
                alone = !tied;
                limit = others;
                blocks.aloneUpTo(tied ? best.position() : others);
                return true;
            } else {
                blocks.aloneUpTo(best.position());
                best.load();
            }
        }
    }

    /** Of two at one position: first those to be looked up, then the newer. */
    private static boolean wins(StretchWalk walk, int age, StretchWalk best, int bestAge) {
        if (!walk.found() || !best.found()) {
            return best.found();
        }
        return age == bestAge ? walk.arrival() > best.arrival() : age < bestAge;
    }

    /**
     * The highest number that any place holds in the eight bytes at a position, or {@code none}.
     */
    public long highest(long position, long none) {
        long highest = none;
        seek(position, true);
        for (int i = 0; i < walks.size(); i++) {
            StretchWalk walk = walks.get(i);
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
        return walks.isEmpty() && tables.isEmpty();
    }

    /** Has blocks that are read one after the other read there; null for nowhere but the cache. */
    void scanIn(@Nullable ScanRoom room) {
        blocks.scanIn(room);
    }

    /** Has no record in that room any more. */
    void leaveRoom() {
        blocks.leaveRoom();
    }

    /** Whether the current record lies in that room, and stays there until it is opened again. */
    boolean isInRoom() {
        return current instanceof TableWalk walk && walk.isInRoom();
    }

    /** Whether the next record is in another block than the current one. */
    boolean isAtEdge() {
        return currentWalk().isAtEdge();
    }

    /** How many walks are under way. */
    int walkCount() {
        return walks.size();
    }

    /** Holds no block until {@link #resume}, and keeps its place. */
    void rest() {
        dropEnded();
        blocks.rest();
    }

    /** Has the current record in memory again; false when there was none. */
    boolean resume() {
        StretchWalk walk = current;
        if (walk != null && !walk.loaded()) {
            walk.load();
        }
        return walk != null;
    }

    /** Lets go of all places. */
    public void release() {
        current = null;
        for (int i = 0; i < memtableWalksUsed; i++) {
            walks.get(i).release();
        }
        for (int i = memtableWalksUsed; i < walks.size(); i++) {
            idle((TableWalk) walks.get(i));
        }
        walks.clear();
        blocks.release();
        memtableWalksUsed = 0;
        tables.clear();
        waiting = false;
        age = 0;
        within(Long.MIN_VALUE, Long.MAX_VALUE);
    }
}
