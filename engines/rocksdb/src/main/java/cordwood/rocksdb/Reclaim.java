package cordwood.rocksdb;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
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

        KeyRange to(long position) {
            return new KeyRange(
                    Keys.streamStart(spaceId, stream), Keys.after(spaceId, stream, position));
        }
    }

    private final Database database;
    private final CompactRangeOptions shared = new CompactRangeOptions();

    // guarded by this
    private final Map<Key, Long> trims = new HashMap<>();
    private boolean everything = true; // what was trimmed before the store was opened

    private long everythingBytes; // too few for that, by half; confined to the thread

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
     * What is to be had at a moment.
     *
     * @param compacts {@link #run} is likely to find room enough for something
     * @param dropsTables {@link #dropTables} would delete some
     * @param memtableBytes a flush would leave out
     */
    record Outlook(boolean compacts, boolean dropsTables, long memtableBytes) {}

    /**
     * Looks at what could come back with so much room: a compaction that finds none has RocksDB
     * stop all writes for some seconds. What was trimmed before the opening nobody knows, so that
     * is tried, and then with twice the room.
     */
    Outlook look(long freeBytes) {
        List<KeyRange> trimmed = trimmed();
        boolean everythingCompacts = isEverythingPromising(freeBytes);
        if (trimmed.isEmpty()) {
            return new Outlook(everythingCompacts, false, 0);
        }
        TrimmedTables tables = new TrimmedTables(database);
        return new Outlook(
                everythingCompacts || tables.largestBelow(trimmed, freeBytes) != null,
                new TableDrop(database).isWorthIt(tables, trimmed),
                tables.memtableBytes(trimmed));
    }

    private synchronized boolean isEverythingPromising(long freeBytes) {
        return everything && freeBytes >= everythingBytes;
    }

    /** In RocksDB's order. */
    private static List<KeyRange> ranges(Map<Key, Long> trims) {
        return trims.entrySet().stream()
                .map(entry -> entry.getKey().to(entry.getValue()))
                .sorted((a, b) -> Arrays.compareUnsigned(a.begin(), b.begin()))
                .toList();
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

    /** What was trimmed so far, in RocksDB's order. */
    List<KeyRange> trimmed() {
        return ranges(noted());
    }

    /**
     * Deletes the tables that hold nothing else, which takes no room.
     *
     * @param flushed what was trimmed before a flush that is over
     */
    void dropTables(List<KeyRange> flushed) throws RocksDBException {
        if (!flushed.isEmpty()) {
            new TableDrop(database).drop(flushed);
        }
    }

    /**
     * Compacts tables that hold something trimmed, one range after the other while so much room as
     * there is then promises success.
     *
     * @param freeBytes what is free now, or can be
     */
    void run(LongSupplier freeBytes) throws RocksDBException {
        Map<KeyRange, Map.Entry<Key, Long>> left = new HashMap<>();
        noted().entrySet().forEach(e -> left.put(e.getKey().to(e.getValue()), e));
        KeyRange next = next(left, freeBytes);
        while (next != null) {
            compact(next.begin(), next.end());
            Map.Entry<Key, Long> done = Objects.requireNonNull(left.remove(next));
            done(done.getKey(), done.getValue());
            next = next(left, freeBytes);
        }
        long bytes = freeBytes.getAsLong();
        if (isEverythingPromising(bytes) && takeEverything()) {
            compactEverything(bytes);
        }
    }

    private @Nullable KeyRange next(Map<KeyRange, ?> left, LongSupplier freeBytes) {
        return left.isEmpty()
                ? null
                : new TrimmedTables(database)
                        .largestBelow(List.copyOf(left.keySet()), freeBytes.getAsLong());
    }

    private void compactEverything(long freeBytes) throws RocksDBException {
        boolean compacted = false;
        try {
            compact(null, null);
            compacted = true;
        } finally {
            everythingBytes = compacted ? 0 : 2 * freeBytes;
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
