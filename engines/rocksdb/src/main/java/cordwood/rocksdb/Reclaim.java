package cordwood.rocksdb;

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

    private record Key(int spaceId, long stream) {}

    private final Database database;
    private final CompactRangeOptions shared = new CompactRangeOptions();

    // guarded by this
    private final Map<Key, Long> trims = new HashMap<>();
    private boolean everything = true; // what was trimmed before the store was opened

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

    synchronized boolean isDue() {
        return everything || !trims.isEmpty();
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

    /** Deletes the tables that hold nothing else, and compacts the others. */
    void run() throws RocksDBException {
        for (Map.Entry<Key, Long> entry : noted().entrySet()) {
            Key key = entry.getKey();
            byte[] begin = Keys.data(key.spaceId, key.stream, Long.MIN_VALUE);
            byte[] end = Keys.after(key.spaceId, key.stream, entry.getValue());
            database.rocks().deleteFilesInRanges(database.data(), List.of(begin, end), false);
            compact(begin, end);
            done(key, entry.getValue());
        }
        if (takeEverything()) {
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
        database.rocks().compactRange(database.data(), begin, end, shared);
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
