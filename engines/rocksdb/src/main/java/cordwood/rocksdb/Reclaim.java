package cordwood.rocksdb;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.RocksDBException;

/**
 * Gives the room of trimmed records back at once, which RocksDB's own compactions do in their time.
 * Remembers what was trimmed since; of very many streams only that there are. Thread-safe, but for
 * {@link #run}, which belongs to one thread.
 */
final class Reclaim {

    private static final int STREAMS_MAX = 4_096;

    private record Key(int spaceId, long stream) {

        TrimmedTables.KeyRange to(long position) {
            return new TrimmedTables.KeyRange(
                    Keys.streamStart(spaceId, stream), Keys.after(spaceId, stream, position));
        }
    }

    private final Database database;
    private final CompactRangeOptions shared = new CompactRangeOptions();

    // guarded by this
    private final Map<Key, Long> trims = new HashMap<>();
    private boolean everything = true; // what was trimmed before the store was opened

    private long everythingBytes; // needed for that, as far as is known; confined to the thread

    Reclaim(Database database) {
        this.database = database;
        shared.setExclusiveManualCompaction(false);
    }

    /** Takes note of trims that the database has. Needs no heap. */
    synchronized void note(StreamMarks trimmed) {
        try {
            add(trimmed);
        } catch (OutOfMemoryError _) {
            noteEverything();
        }
    }

    private void add(StreamMarks trimmed) {
        for (int i = 0; i < trimmed.size(); i++) {
            if (trims.size() < STREAMS_MAX) {
                Key key = new Key(trimmed.spaceId(i), trimmed.stream(i));
                trims.merge(key, trimmed.trim(i), Math::max);
            } else {
                noteEverything();
            }
        }
    }

    /**
     * Whether {@link #run} is likely to find so much room enough: one that does not has RocksDB
     * stop all writes for some seconds. What was trimmed before the opening nobody knows, so that
     * is tried, and then with twice the room.
     */
    boolean isPromising(long freeBytes) {
        return areTrimsPromising(freeBytes) || isEverythingPromising(freeBytes);
    }

    private boolean areTrimsPromising(long freeBytes) {
        return hasTrims() && tables().survivingBytes() < freeBytes;
    }

    private synchronized boolean isEverythingPromising(long freeBytes) {
        return everything && freeBytes >= everythingBytes;
    }

    /** What a flush of the memtables would leave out. */
    long memtableBytes() {
        return hasTrims() ? tables().memtableBytes() : 0;
    }

    private TrimmedTables tables() {
        List<TrimmedTables.KeyRange> ranges = new ArrayList<>();
        noted().forEach((key, to) -> ranges.add(key.to(to)));
        return new TrimmedTables(database, ranges);
    }

    /** Whether any is noted, and not only what may have been trimmed before. */
    synchronized boolean hasTrims() {
        return !trims.isEmpty();
    }

    private synchronized Map<Key, Long> noted() {
        return Map.copyOf(trims);
    }

    private synchronized void done(Key key, long to) {
        trims.remove(key, to);
    }

    private synchronized boolean takeEverything() {
        boolean taken = everything;
        everything = false;
        return taken;
    }

    /** Deletes the tables that hold nothing else, which takes no room. */
    void dropTables() throws RocksDBException {
        for (Map.Entry<Key, Long> entry : noted().entrySet()) {
            TrimmedTables.KeyRange range = entry.getKey().to(entry.getValue());
            database.rocks().deleteFilesInRanges(database.data(), range.bounds(), false);
        }
    }

    /** Compacts the tables that hold something trimmed, where so much room promises success. */
    void run(long freeBytes) throws RocksDBException {
        if (areTrimsPromising(freeBytes)) {
            for (Map.Entry<Key, Long> entry : noted().entrySet()) {
                TrimmedTables.KeyRange range = entry.getKey().to(entry.getValue());
                compact(range.begin, range.end);
                done(entry.getKey(), entry.getValue());
            }
        }
        if (isEverythingPromising(freeBytes) && takeEverything()) {
            everythingBytes = 2 * freeBytes;
            compactEverything();
        }
    }

    private void compactEverything() throws RocksDBException {
        boolean compacted = false;
        try {
            compact(null, null);
            compacted = true;
        } finally {
            if (!compacted) {
                noteEverything();
            }
        }
    }

    private synchronized void noteEverything() {
        everything = true;
    }

    private void compact(byte @Nullable [] begin, byte @Nullable [] end) throws RocksDBException {
        database.compactionRoom()
                .run(() -> database.rocks().compactRange(database.data(), begin, end, shared));
    }

    /** Lets a compaction that is under way end soon. Any thread. */
    void cancel() {
        shared.setCanceled(true);
    }

    /** Frees native memory; nothing is called afterwards. */
    void close() {
        shared.close();
    }
}
