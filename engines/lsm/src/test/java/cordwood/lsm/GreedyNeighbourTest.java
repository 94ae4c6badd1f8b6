package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import cordwood.store.Durability;
import cordwood.store.LocalStore;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.testkit.Bytes;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.DiskCall;
import cordwood.testkit.disk.InterposedDisk;
import cordwood.testkit.disk.SmallDisk;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** R7: beside a writer that takes every byte of a full disk as soon as it is given back. */
@Tag("trial")
@ExtendWith(SeedExtension.class)
final class GreedyNeighbourTest {

    private static final int LIVES = FaultOpener.LONG ? 100 : 1;
    private static final int OPENINGS = 80; // more than a manifest has room for
    private static final int TRIMS = 2;
    private static final int DISK_BYTES = 5 << 20;
    private static final int SPREAD_BYTES = 4 << 20;
    private static final long RESUME_NANOS_MAX = TimeUnit.MINUTES.toNanos(2);
    private static final Path DIRECTORY = Path.of("/disk/store").toAbsolutePath();

    /** Takes what room there is, after every call that may have given some back. */
    private static final class Neighbour extends InterposedDisk {
        private final SmallDisk disk;
        // guarded by this
        private boolean isGreedy;
        private int files;

        private Neighbour(SmallDisk disk) {
            super(disk);
            this.disk = disk;
        }

        @Override
        protected <T extends @Nullable Object> T onCall(
                DiskCall call, @Nullable DiskFile file, Supplier<T> body) {
            T result = body.get();
            switch (call.operation()) {
                case DELETE, RENAME, TRUNCATE -> takeAll();
                default -> {}
            }
            return result;
        }

        private synchronized void arrive() {
            isGreedy = true;
            takeAll();
        }

        private synchronized void takeAll() {
            if (!isGreedy) {
                return;
            }
            long freeBytes = disk.freeBytes() / Disk.BLOCK_BYTES * Disk.BLOCK_BYTES;
            if (freeBytes > 0) {
                try (DiskFile taken = disk.create(file(files++))) {
                    taken.preallocate(freeBytes);
                } catch (FileFailure e) {
                    assertThat(e.kind()).isEqualTo(FileFailure.Kind.NO_SPACE); // others were faster
                }
            }
        }

        private static Path file(int number) {
            return DIRECTORY.resolveSibling("taken" + number);
        }

        private synchronized void leave() {
            isGreedy = false;
            while (files > 0) {
                disk.delete(file(--files));
            }
        }
    }

    private static void life(Seed seed) {
        CrashingDisk under = new CrashingDisk(seed.value());
        under.createDirectories(DIRECTORY.getParent());
        int bytes = DISK_BYTES + seed.random().nextInt(SPREAD_BYTES);
        Neighbour disk = new Neighbour(new SmallDisk(under, bytes));
        StoreOptions options =
                Fixtures.options(
                        DIRECTORY,
                        StoreOptions.MEMORY_BUDGET_BYTES_MIN,
                        "memtable-size",
                        "128KiB",
                        "wal-segment-size",
                        "256KiB");
        LsmEnvironment environment = LsmEnvironment.on(disk).with(Fixtures::smallChunks);
        StoreUnderTest store = new StoreUnderTest(() -> LsmStore.open(options, environment));
        long last = fill(store);
        disk.arrive();
        long trimmed = 0;
        for (int opening = 0; opening < OPENINGS; opening++) {
            store.reopen();
            trimmed = trim(store, trimmed);
            requireFrom(trimmed + 1, last, store);
        }
        disk.leave();
        LocalStore open = (LocalStore) store.store();
        until(() -> isAccepted(() -> store.trim(1, last - 1)));
        until(() -> isAccepted(() -> put(store, last + 1)));
        until(() -> isAccepted(open::compact));
        requireFrom(last, last + 1, store);
        store.reopen();
        requireFrom(last, last + 1, store);
        store.close();
    }

    private static void put(StoreUnderTest store, long position) {
        store.write(
                Durability.DURABLE,
                batch -> batch.put(StoreUnderTest.SPACE, 1, position, Bytes.random(1, 4_000)));
    }

    /** Puts until the disk is full; the last position. */
    private static long fill(StoreUnderTest store) {
        long position = 1;
        while (true) {
            long next = position;
            if (!isAccepted(() -> put(store, next))) {
                return position - 1;
            }
            position++;
        }
    }

    private static long trim(StoreUnderTest store, long trimmed) {
        long to = trimmed;
        for (int i = 0; i < TRIMS; i++) {
            long next = to + 1;
            to += isAccepted(() -> store.trim(1, next)) ? 1 : 0;
        }
        return to;
    }

    private static boolean isAccepted(Runnable write) {
        try {
            write.run();
            return true;
        } catch (StoreException.Full | StoreException.Busy _) {
            return false;
        }
    }

    private static void until(BooleanSupplier accepted) {
        long startNanos = System.nanoTime();
        while (!accepted.getAsBoolean()) {
            assertThat(System.nanoTime() - startNanos).isLessThan(RESUME_NANOS_MAX);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static void requireFrom(long first, long last, StoreUnderTest store) {
        assertThat(store.store().bounds(StoreUnderTest.SPACE, 1))
                .extracting(bounds -> bounds.first(), bounds -> bounds.last())
                .containsExactly(first, last);
        assertThat(store.positions(1)).hasSize(Math.toIntExact(last - first + 1));
    }

    @Test
    void theStoreOpensAndReadsAndGoesOnOnceTheNeighbourIsGone(Seed seed) {
        for (int i = 0; i < LIVES; i++) {
            life(seed.child(i));
        }
    }
}
