package cordwood.rocksdb;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import cordwood.store.StoreException;
import cordwood.testkit.Seed;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.rocksdb.RocksDBException;

/**
 * Writes until RocksDB finds no room, then until it resumes, while a thread flushes again and again
 * from the first record on. Arguments: the disk, a seed.
 */
final class FlushesOnFullDiskProcess {

    private static final int VALUE_BYTES = 5_000;
    private static final int LEFT_BYTES_MIN = 4 << 20;
    private static final int LEFT_BYTES_MAX = 16 << 20;
    private static final long FLUSH_PAUSE_NANOS = 20_000_000;
    private static final long RESUME_NANOS_MAX = TimeUnit.MINUTES.toNanos(1);

    private static volatile boolean ended;

    private FlushesOnFullDiskProcess() {}

    @SuppressWarnings("SystemOut") // the parent reads it
    static void main(String... arguments) throws Exception {
        Path disk = Path.of(arguments[0]);
        SplittableRandom random = new Seed(Long.parseLong(arguments[1])).random();
        Path filler = disk.resolve("filler");
        Path directory = disk.resolve("store");
        RocksOptions options = RocksOptions.of(Fixtures.options(directory));
        try (StoreDirectory claimed =
                        StoreDirectory.claim(Disk.real(), directory, null, options.readOnly());
                Database database = Fixtures.database(claimed, options)) {
            fillBut(filler, random.nextInt(LEFT_BYTES_MIN, LEFT_BYTES_MAX));
            Thread flushes = Thread.ofPlatform().daemon().start(() -> flushAgainAndAgain(database));
            int puts = putUntilRefused(database, random);
            fillBut(filler, 0);
            Disk.real().delete(filler);
            putUntilAccepted(database, random, puts);
            ended = true;
            flushes.join();
            System.out.println(puts + " puts, then again when others made room");
        }
    }

    private static void flushAgainAndAgain(Database database) {
        while (!ended) {
            try {
                database.flush();
            } catch (StoreException.Full _) {
                // that is what it is about
            }
            LockSupport.parkNanos(FLUSH_PAUSE_NANOS);
        }
    }

    private static int putUntilRefused(Database database, SplittableRandom random) {
        for (int position = 0; ; position++) {
            try {
                put(database, random, position);
            } catch (RocksDBException _) {
                return position;
            }
        }
    }

    @SuppressWarnings("SystemOut") // so does it read this
    private static void putUntilAccepted(Database database, SplittableRandom random, int position) {
        long startNanos = System.nanoTime();
        while (true) {
            try {
                put(database, random, position);
                return;
            } catch (RocksDBException e) {
                if (System.nanoTime() - startNanos > RESUME_NANOS_MAX) {
                    System.err.println("not resumed: " + e.getMessage());
                    Runtime.getRuntime().halt(1); // a flush is under way and cannot be ended
                }
                LockSupport.parkNanos(FLUSH_PAUSE_NANOS);
            }
        }
    }

    private static void put(Database database, SplittableRandom random, int position)
            throws RocksDBException {
        byte[] value = new byte[VALUE_BYTES];
        random.nextBytes(value);
        database.rocks().put(database.data(), Keys.data(Fixtures.SPACE, 1, position), value);
        if (position % 8 == 0) {
            database.rocks()
                    .put(database.metadata(), Keys.metadata(Fixtures.SPACE.id(), 1, 1), value);
        }
    }

    private static void fillBut(Path filler, int leftBytes) {
        Disk disk = Disk.real();
        try (DiskFile file = disk.exists(filler) ? disk.open(filler) : disk.create(filler)) {
            long end = file.sizeBytes();
            try {
                ByteBuffer block = ByteBuffer.allocate(Disk.BLOCK_BYTES);
                for (; ; end += block.limit()) {
                    file.write(end, block.clear());
                }
            } catch (FileFailure e) {
                if (e.kind() != FileFailure.Kind.NO_SPACE) {
                    throw e;
                }
            }
            file.truncate(end - leftBytes);
        }
    }
}
