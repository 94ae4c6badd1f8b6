package cordwood.lsm.memtable;

import cordwood.lsm.format.StretchRecords;
import cordwood.lsm.format.StretchWalk;
import org.jspecify.annotations.Nullable;

/**
 * A walk over one list of a stream in a memtable. Set upon it by {@link Memtable#walk}, used while
 * the memtable is pinned.
 */
public final class MemtableWalk extends StretchWalk {

    private final StretchRecords records = new StretchRecords();
    private @Nullable Memtable memtable;
    private @Nullable StretchList lists;
    private int run;
    private int list;
    private long limit; // of places: what lies behind came later
    private int node;

    /** A walk over nothing. */
    public MemtableWalk() {}

    void set(Memtable upon, StretchList listsOf, int runOf, int listOf, long placeLimit) {
        memtable = upon;
        lists = listsOf;
        run = runOf;
        list = listOf;
        limit = placeLimit;
    }

    private StretchList lists() {
        StretchList present = lists;
        if (present == null) {
            throw new IllegalStateException("the walk is not set upon a memtable");
        }
        return present;
    }

    @Override
    protected boolean findBound(long from, boolean rising) {
        StretchList in = lists();
        node = rising ? ceiling(in, from) : floor(in, from);
        if (node == 0) {
            return false;
        }
        bound(rising ? Math.max(from, in.first(node)) : Math.min(from, in.last(node)));
        return true;
    }

    private int ceiling(StretchList in, long from) {
        int below = in.lastBelow(run, list, from);
        return visibleFrom(
                in, below != 0 && in.last(below) >= from ? below : in.after(run, list, below));
    }

    /** The first visible node from one on. */
    private int visibleFrom(StretchList in, int from) {
        int found = from;
        while (found != 0 && in.place(found) >= limit) {
            found = in.next(found);
        }
        return found;
    }

    private int floor(StretchList in, long from) {
        return visibleUpTo(
                in,
                from == Long.MAX_VALUE ? in.tail(run, list) : in.lastBelow(run, list, from + 1));
    }

    /** The last visible node up to one; among those that start alike, the newest. */
    private int visibleUpTo(StretchList in, int upTo) {
        int found = upTo;
        while (found != 0) {
            long first = in.first(found);
            int before = in.lastBelow(run, list, first);
            int alike = list == RunIndex.MAIN_AT ? found : in.after(run, list, before);
            while (alike != 0 && in.first(alike) == first) {
                if (in.place(alike) < limit) {
                    return alike;
                }
                alike = in.next(alike);
            }
            found = before;
        }
        return 0;
    }

    @Override
    protected @Nullable StretchRecords loadFirst(long from, boolean rising) {
        return loadNode();
    }

    @Override
    protected @Nullable StretchRecords loadNext(boolean rising) {
        StretchList in = lists();
        long first = in.first(node);
        if (rising) {
            node = visibleFrom(in, in.next(node));
            while (node != 0 && in.first(node) == first) {
                node = visibleFrom(in, in.next(node)); // older ones at the same position
            }
        } else {
            node = visibleUpTo(in, in.lastBelow(run, list, first));
        }
        return node == 0 ? null : loadNode();
    }

    private StretchRecords loadNode() {
        Memtable from = memtable;
        if (from == null) {
            throw new IllegalStateException("the walk is not set upon a memtable");
        }
        StretchList in = lists();
        long place = in.place(node);
        records.load(
                from.segment(place),
                Memtable.offset(place),
                in.payloadBytes(node),
                in.count(node),
                in.first(node));
        return records;
    }

    @Override
    public long arrival() {
        return lists().place(node);
    }

    @Override
    public void release() {
        super.release();
        memtable = null;
        lists = null;
    }
}
