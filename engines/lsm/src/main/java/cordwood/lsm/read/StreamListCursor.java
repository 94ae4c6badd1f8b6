package cordwood.lsm.read;

import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.memtable.Memtable;
import cordwood.lsm.table.Table;
import cordwood.store.Confinement;
import cordwood.store.StoreException;
import cordwood.store.StreamCursor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A walk over the streams of a space, rising. */
public final class StreamListCursor implements StreamCursor {

    /*
     * Streams of the memtables are taken once, at the start; those of tables a page at a time, each
     * page in the version of its moment. What moves from a memtable to a table meanwhile was taken.
     */
    private static final int PAGE_STREAMS = 256;

    private final Confinement confinement = new Confinement();
    private final Versions versions;
    private final int space;
    private final long[] inMemory;
    private int inMemoryIndex;

    private final long[] page = new long[PAGE_STREAMS];
    private int count;
    private int index = -1;
    private @Nullable Long last; // of the page, or where the walk goes on after a refusal
    private boolean exhausted;
    private boolean closed;

    /** A walk before the first stream. */
    public StreamListCursor(Versions versions, int space) {
        this.versions = versions;
        this.space = space;
        long ticket = versions.pin();
        try {
            this.inMemory = streamsInMemory(versions.current());
        } finally {
            versions.unpin(ticket);
        }
    }

    private long[] streamsInMemory(Version version) {
        List<Memtable> memtables = new ArrayList<>(version.sealed());
        memtables.add(version.active());
        long[] all = new long[0];
        for (Memtable memtable : memtables) {
            for (RecordKind kind : RecordKind.values()) {
                long[] some = memtable.streams(new StreamKey(kind, space, 0).tag());
                int before = all.length;
                all = Arrays.copyOf(all, before + some.length);
                System.arraycopy(some, 0, all, before, some.length);
            }
        }
        return Arrays.stream(all).sorted().distinct().toArray();
    }

    @Override
    public boolean next() {
        requireOpen();
        if (index + 1 < count) {
            index++;
            return true;
        }
        count = 0;
        index = -1;
        if (!exhausted) {
            fill();
        }
        index = count > 0 ? 0 : -1;
        return count > 0;
    }

    /** What was found before a refusal is on the page, and comes first. */
    private void fill() {
        long ticket = versions.pin();
        try {
            Version version = versions.current();
            List<Table> tables = new ArrayList<>(version.records());
            tables.addAll(version.attributes());
            long[] heads = new long[tables.size()];
            boolean[] ended = new boolean[heads.length];
            for (int i = 0; i < heads.length; i++) {
                ended[i] = !advance(tables.get(i), heads, i, last);
            }
            boolean more = true;
            while (more && count < PAGE_STREAMS) {
                more = takeLowest(tables, heads, ended);
            }
            exhausted = count < PAGE_STREAMS;
        } finally {
            versions.unpin(ticket);
        }
    }

    /** Takes the lowest stream not yet taken, and moves every place beyond it. */
    private boolean takeLowest(List<Table> tables, long[] heads, boolean[] ended) {
        boolean found = inMemoryIndex < inMemory.length;
        long lowest = found ? inMemory[inMemoryIndex] : 0;
        for (int i = 0; i < heads.length; i++) {
            if (!ended[i] && (!found || heads[i] < lowest)) {
                found = true;
                lowest = heads[i];
            }
        }
        if (!found) {
            return false;
        }
        page[count++] = lowest;
        last = lowest;
        if (inMemoryIndex < inMemory.length && inMemory[inMemoryIndex] == lowest) {
            inMemoryIndex++;
        }
        for (int i = 0; i < heads.length; i++) {
            if (!ended[i] && heads[i] == lowest) {
                ended[i] = !advance(tables.get(i), heads, i, lowest);
            }
        }
        return true;
    }

    /** Finds a table's first stream behind one, or its first of all. */
    private boolean advance(Table table, long[] heads, int i, @Nullable Long behind) {
        int tag = new StreamKey(table.kind(), space, 0).tag();
        StreamKey key =
                behind == null
                        ? table.nextKey(tag, Long.MIN_VALUE, true)
                        : table.nextKey(tag, behind, false);
        if (key == null || key.tag() != tag) {
            return false;
        }
        heads[i] = key.stream();
        return true;
    }

    @Override
    public long stream() {
        requireOpen();
        if (index < 0) {
            throw new StoreException.Invalid("the cursor is on no stream: call next() first");
        }
        return page[index];
    }

    private void requireOpen() {
        confinement.require();
        if (closed) {
            throw new StoreException.Closed("the cursor is closed");
        }
        if (versions.isClosed()) {
            throw new StoreException.Closed("the store is closed");
        }
    }

    @Override
    public void close() {
        confinement.require();
        closed = true;
    }
}
