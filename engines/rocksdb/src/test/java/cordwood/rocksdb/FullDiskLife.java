package cordwood.rocksdb;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.LocalStore;
import cordwood.store.Order;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.Seed;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A life on a disk that is too small: fills it to the last block, trims, goes on, fills it again,
 * opens the store and does the same, then others make room; reads it when all is taken. Fails as
 * soon as a record that was acknowledged is missing, or room that was made is not used.
 */
final class FullDiskLife {

    private static final int OTHER_BYTES = 16 << 20;

    /** Small ones take long to fill a disk. */
    private static final int VALUE_BYTES_MIN = Boolean.getBoolean("cordwood.long") ? 100 : 1_000;

    private static final int BATCH_RECORDS = 8;
    private static final int REFUSALS_IN_A_ROW = 100;
    private static final int PUTS = 600;
    private static final int PUTS_BETWEEN_FILLINGS = 100;
    private static final long PAUSE_NANOS = 5_000_000;
    private static final long LARGE_BUDGET_BYTES = 1L << 30;
    private static final int LARGE_TABLE_BYTES = 25 << 20;
    private static final int SMALL_TRIMS = 20;
    private static final long SMALL_TRIM_PAUSE_NANOS = 200_000_000;
    private static final long RESUME_NANOS_MAX = TimeUnit.MINUTES.toNanos(2);

    private final Disk disk = Disk.real();
    private final Path directory;
    private final Path log;
    private final Path filler;
    private final Path other;
    private final int valueBytes;
    private final SplittableRandom random;
    private long first;
    private long next;

    /** A life in {@code root}. */
    FullDiskLife(Path root, Seed seed) {
        this(root, root, seed);
    }

    /** A life in {@code storeRoot}, whose log may be in {@code root}, where it gets narrow. */
    FullDiskLife(Path root, Path storeRoot, Seed seed) {
        this.directory = storeRoot.resolve("store");
        this.log = root.resolve("log");
        this.filler = root.resolve("filler");
        this.other = root.resolve("other");
        this.random = seed.random();
        this.valueBytes = random.nextInt(VALUE_BYTES_MIN, 6_000);
    }

    /** Lives; answers what there is to tell. */
    String run() {
        String told;
        try (DiskFile file = disk.create(other)) {
            file.preallocate(OTHER_BYTES);
        }
        try (LocalStore store = Fixtures.open(directory)) {
            requireNothingTakenAhead(store);
            fill(store);
            requireAll(store);
            requireReserve();
            trim(store);
            told = next + " records, resumed after " + resumedMillis(store) + " ms, ";
            fill(store);
            requireAll(store);
            told += next - first + " records, ";
        }
        fillTheRest();
        try (LocalStore store = Fixtures.open(directory)) {
            requireAll(store);
            trim(store);
            told += "reopened and resumed after " + resumedMillis(store) + " ms, ";
            fill(store);
            requireAll(store);
            disk.delete(other);
            told += "after " + resumedMillis(store) + " ms when others made room";
            requireAll(store);
        }
        readWithoutAnyRoom();
        return told;
    }

    /** A log would else take what is needed to flush. */
    private void requireNothingTakenAhead(LocalStore store) {
        long freeBytes = disk.usableBytes(directory);
        put(store);
        long takenBytes = freeBytes - disk.usableBytes(directory);
        if (takenBytes > 2L * BATCH_RECORDS * valueBytes + Disk.BLOCK_BYTES) {
            throw new AssertionError("one put takes " + takenBytes + " bytes");
        }
    }

    /** Puts alone do not use up what is kept for trims. */
    private void requireReserve() {
        if (!disk.exists(directory.resolve(Reserve.NAME))) {
            throw new AssertionError("nothing is kept for trims");
        }
    }

    private void readWithoutAnyRoom() {
        fillTheRest();
        Path reserve = directory.resolve(Reserve.NAME);
        if (disk.exists(reserve)) {
            disk.delete(reserve);
        }
        fillTheRest();
        try (LocalStore store = Fixtures.open(directory, "read-only", "true")) {
            requireAll(store);
        }
    }

    /** The same of a store whose log alone is on that disk. */
    String runWithLogApart() {
        String told;
        try (LocalStore store = openWithLogApart()) {
            put(store);
            fillTheRest();
            int refusals = putMany(store);
            requireAll(store);
            told = "%d records, %d refusals, ".formatted(next, refusals);
            disk.delete(filler);
            told += "after " + resumedMillis(store) + " ms when others made room";
            trim(store);
            put(store);
            requireAll(store);
        }
        try (LocalStore store = openWithLogApart()) {
            put(store);
            requireAll(store);
        }
        return told;
    }

    /**
     * The same of a store with more memory than there is disk, where so little is trimmed that no
     * compaction finds room.
     */
    String runWithLargeBudget() {
        StoreOptions options = new StoreOptions(directory, LARGE_BUDGET_BYTES, Map.of());
        String told;
        try (LocalStore store = (LocalStore) new RocksProvider().open(options)) {
            while (next * valueBytes < LARGE_TABLE_BYTES) {
                put(store);
            }
            store.flush();
            fill(store);
            for (int i = 0; i < SMALL_TRIMS; i++) {
                trimOne(store);
                LockSupport.parkNanos(SMALL_TRIM_PAUSE_NANOS);
            }
            requireAll(store);
            disk.delete(filler);
            told = "%d records, after ".formatted(next) + resumedMillis(store);
            trimOne(store);
            requireAll(store);
        }
        return told + " ms when others made room";
    }

    private void trimOne(LocalStore store) {
        resumedMillis(() -> trim(store, first));
    }

    /** Flushes give the log room again and again, and others take it. */
    private int putMany(LocalStore store) {
        int refusals = 0;
        for (int i = 0; i < PUTS; i++) {
            try {
                put(store);
            } catch (StoreException.Full e) {
                refusals++;
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            if (i % PUTS_BETWEEN_FILLINGS == 0) {
                fillTheRest();
            }
        }
        return refusals;
    }

    private LocalStore openWithLogApart() {
        return Fixtures.open(directory, "wal-dir", log.toString());
    }

    private void put(LocalStore store) {
        try (WriteBatch batch = store.newBatch()) {
            for (int i = 0; i < BATCH_RECORDS; i++) {
                batch.put(Fixtures.SPACE, 1, next + i, Bytes.random(next + i, valueBytes));
            }
            store.append(batch, Durability.DURABLE).await();
            next += BATCH_RECORDS;
        }
    }

    /** Until it is refused for good: what was flushed may have made room once more. */
    private void fill(LocalStore store) {
        int refusals = 0;
        while (refusals < REFUSALS_IN_A_ROW) {
            try {
                put(store);
                refusals = 0;
            } catch (StoreException.Full e) {
                refusals++;
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        fillTheRest();
    }

    private void fillTheRest() {
        try (DiskFile file = disk.exists(filler) ? disk.open(filler) : disk.create(filler)) {
            ByteBuffer block = ByteBuffer.allocate(Disk.BLOCK_BYTES);
            for (long at = file.sizeBytes(); ; at += block.limit()) {
                file.write(at, block.clear());
            }
        } catch (FileFailure e) {
            if (e.kind() != FileFailure.Kind.NO_SPACE) {
                throw e;
            }
        }
    }

    private void trim(LocalStore store) {
        trim(store, next - 1 - random.nextInt(2)); // now and then all of them
    }

    private void trim(LocalStore store, long to) {
        try (WriteBatch batch = store.newBatch()) {
            batch.trim(Fixtures.SPACE, 1, to);
            store.append(batch, Durability.DURABLE).await();
            first = to + 1;
        }
    }

    /** Writes as soon as it is possible again; how long that took. */
    private long resumedMillis(LocalStore store) {
        return resumedMillis(() -> put(store));
    }

    private static long resumedMillis(Runnable write) {
        long startNanos = System.nanoTime();
        while (true) {
            long nanos = System.nanoTime() - startNanos;
            try {
                write.run();
                return TimeUnit.NANOSECONDS.toMillis(nanos);
            } catch (StoreException.Full e) {
                if (nanos > RESUME_NANOS_MAX) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void requireAll(LocalStore store) {
        long position = first;
        try (Cursor cursor =
                store.read(Fixtures.SPACE, 1, Long.MIN_VALUE, Long.MAX_VALUE, Order.FORWARD)) {
            while (cursor.next()) {
                if (cursor.position() != position
                        || cursor.value().mismatch(Bytes.random(position, valueBytes)) != -1) {
                    throw new AssertionError(cursor.position() + " where " + position + " was put");
                }
                position++;
            }
        }
        if (position != next) {
            throw new AssertionError("ends before " + position + " and not before " + next);
        }
    }
}
