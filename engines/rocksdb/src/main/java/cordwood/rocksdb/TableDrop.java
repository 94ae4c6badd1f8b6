package cordwood.rocksdb;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/** Deletes tables that hold nothing but trimmed records. Confined to one thread. */
final class TableDrop {

    /*
     * A table may hold several streams that were trimmed, and nothing else: then what lies between
     * them has to be known to be empty. RocksDB asks nobody: so nothing may be flushed or compacted
     * from the look on, or what was put after it might be in a table that is deleted; and what hides
     * the records must not be lost any more. A table takes along the trims that are in it: none is
     * deleted above records that stay, which nothing would hide or take away any more.
     */
    private final Database database;

    TableDrop(Database database) {
        this.database = database;
    }

    /** Whether there are any; the trims are in RocksDB, if only in memory. */
    boolean isWorthIt(TrimmedTables tables, List<KeyRange> trimmed) {
        return !tables.droppable(trimmed).isEmpty() || !tables.droppable(widest(trimmed)).isEmpty();
    }

    /**
     * Deletes them.
     *
     * @param trimmed in RocksDB's order; the trims are in tables themselves
     */
    void drop(List<KeyRange> trimmed) throws RocksDBException {
        if (!isWorthIt(new TrimmedTables(database), trimmed)) {
            return;
        }
        database.rocks().pauseBackgroundWork();
        try {
            List<KeyRange> droppable = new TrimmedTables(database).droppable(widest(trimmed));
            if (!droppable.isEmpty()) {
                syncTrims();
                delete(droppable);
            }
        } finally {
            database.rocks().continueBackgroundWork();
        }
    }

    /** Of the streams in between, whose trims are in the log at least, where there is one. */
    private void syncTrims() throws RocksDBException {
        if (database.isLogged()) {
            database.syncLog();
        }
    }

    private List<KeyRange> widest(List<KeyRange> trimmed) {
        return database.isLogged() ? joined(trimmed) : trimmed;
    }

    private void delete(List<KeyRange> ranges) throws RocksDBException {
        List<byte[]> bounds = new ArrayList<>();
        for (KeyRange range : ranges) {
            bounds.add(range.begin());
            bounds.add(range.end());
        }
        database.rocks().deleteFilesInRanges(database.data(), bounds, false);
    }

    /** Neighbours as one where nothing lies between them. */
    private List<KeyRange> joined(List<KeyRange> trimmed) {
        List<KeyRange> joined = new ArrayList<>();
        for (KeyRange next : trimmed) {
            KeyRange last = joined.isEmpty() ? null : joined.getLast();
            if (last != null && isEmpty(last.end(), next.begin())) {
                joined.set(joined.size() - 1, new KeyRange(last.begin(), next.end()));
            } else {
                joined.add(next);
            }
        }
        return joined;
    }

    private boolean isEmpty(byte[] from, byte[] to) {
        if (Arrays.compareUnsigned(from, to) >= 0) {
            return true;
        }
        try (Slice end = new Slice(to);
                ReadOptions reading =
                        new ReadOptions().setTotalOrderSeek(true).setIterateUpperBound(end);
                RocksIterator iterator = database.rocks().newIterator(database.data(), reading)) {
            iterator.seek(from);
            return !iterator.isValid() && isSound(iterator);
        }
    }

    private static boolean isSound(RocksIterator iterator) {
        try {
            iterator.status();
            return true;
        } catch (RocksDBException e) {
            return false;
        }
    }
}
