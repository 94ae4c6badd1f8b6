package cordwood.rocksdb;

import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.LocalStore;
import cordwood.store.Order;
import cordwood.store.Space;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.store.StreamCursor;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** Short forms of what the tests of this engine do all the time. */
final class Fixtures {

    static final Space SPACE = new Space(3, "test");
    static final long BUDGET_BYTES = 64L << 20;

    private Fixtures() {}

    /** Opens a store with a small budget; options as key, value, key, value. */
    static LocalStore open(Path directory, String... options) {
        return (LocalStore) new RocksProvider().open(options(directory, options));
    }

    static StoreOptions options(Path directory, String... options) {
        Map<String, String> engine = new HashMap<>();
        for (int i = 0; i < options.length; i += 2) {
            engine.put(options[i], options[i + 1]);
        }
        return new StoreOptions(directory, BUDGET_BYTES, engine);
    }

    static Database database(StoreDirectory directory, RocksOptions options) {
        Cells cells = Cells.open(options.sizes().cellBytes(), options.allocator());
        return Database.open(directory, cells, options);
    }

    /** What writes groups to a database, or to what stands in front of it. */
    static RocksGroupWriter writer(
            Database database, GroupTarget target, RocksOptions options, Upkeep upkeep) {
        return new RocksGroupWriter(
                target, database.familyIds(), options, database::backgroundFailures, upkeep);
    }

    /** Tries again, every 50 ms, what finds the disk full. */
    static void inTheEnd(int triesMax, Runnable append) {
        StoreException.Full refusal = new StoreException.Full("never tried", null);
        for (int i = 0; i < triesMax; i++) {
            try {
                append.run();
                return;
            } catch (StoreException.Full e) {
                refusal = e;
                LockSupport.parkNanos(50_000_000);
            }
        }
        throw refusal;
    }

    static MemorySegment bytes(String text) {
        return MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Bytes that do not compress, always the same for a size. */
    static MemorySegment pattern(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return MemorySegment.ofArray(bytes);
    }

    /** Appends one batch of records with following positions and waits for it. */
    static void put(StreamStore store, long stream, long first, int count, int valueBytes) {
        try (WriteBatch batch = store.newBatch()) {
            for (int i = 0; i < count; i++) {
                batch.put(SPACE, stream, first + i, pattern(valueBytes));
            }
            store.append(batch, Durability.WRITTEN).await();
        }
    }

    static void trim(StreamStore store, long stream, long to) {
        try (WriteBatch batch = store.newBatch()) {
            batch.trim(SPACE, stream, to);
            store.append(batch, Durability.WRITTEN).await();
        }
    }

    static List<Long> positions(StreamStore store, long stream, Order order) {
        List<Long> positions = new ArrayList<>();
        try (Cursor cursor = store.read(SPACE, stream, Long.MIN_VALUE, Long.MAX_VALUE, order)) {
            while (cursor.next()) {
                positions.add(cursor.position());
            }
        }
        return positions;
    }

    static List<Long> streams(StreamStore store, Space space) {
        List<Long> streams = new ArrayList<>();
        try (StreamCursor cursor = store.streams(space)) {
            while (cursor.next()) {
                streams.add(cursor.stream());
            }
        }
        return streams;
    }
}
