package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.store.StreamStore;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.crash.CloseRaces;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.DiskCall;
import cordwood.testkit.disk.DiskOperation;
import cordwood.testkit.disk.InterposedDisk;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** R24: closed at any moment, by anybody, with commits in flight and memory short. */
@Tag("trial")
@ExtendWith(SeedExtension.class)
final class CloseRacesTest {

    private static final int LIVES = FaultOpener.LONG ? 2_000 : 60;
    private static final List<Integer> BUDGETS_MIB = List.of(32, 32, 64, 128, 512);
    private static final long MERGE_NANOS = 20_000_000;
    private static final Path STORE = Path.of("/disk/store").toAbsolutePath();

    /** Has merges take their time, and counts those given up: a flush under way is finished. */
    private static final class Witness extends InterposedDisk {
        private final AtomicInteger givenUp;

        private Witness(Disk under, AtomicInteger givenUp) {
            super(under);
            this.givenUp = givenUp;
        }

        @Override
        protected <T extends @Nullable Object> T onCall(
                DiskCall call, @Nullable DiskFile file, Supplier<T> body) {
            if (call.operation() == DiskOperation.DELETE
                    && call.fileName().endsWith(".table.tmp")) {
                givenUp.incrementAndGet();
            }
            T result = body.get();
            if (call.operation() == DiskOperation.CREATE
                    && Thread.currentThread().getName().equals("lsm-compact")) {
                LockSupport.parkNanos(MERGE_NANOS);
            }
            return result;
        }
    }

    private final Map<Long, CrashingDisk> disks = new HashMap<>();
    private final AtomicInteger mergesGivenUp = new AtomicInteger();

    @Test
    void everyAnswerIsTrueHoweverTheStoreIsClosed(Seed seed) {
        CloseRaces.Tally tally = CloseRaces.run(this::open, seed, LIVES);

        System.out.println(tally + ", merges given up: " + mergesGivenUp);
        assertThat(tally.lives()).isEqualTo(LIVES);
        assertThat(tally.acknowledged()).isGreaterThan(10L * LIVES);
        assertThat(mergesGivenUp).hasPositiveValue();
    }

    /** On a disk of its own, which is forgotten once it was opened again. */
    private StreamStore open(long seed) {
        CrashingDisk disk = disks.remove(seed);
        if (disk == null) {
            disk = new CrashingDisk(seed);
            disks.put(seed, disk);
        }
        SplittableRandom random = new SplittableRandom(seed);
        long budgetBytes = (long) BUDGETS_MIB.get(random.nextInt(BUDGETS_MIB.size())) << 20;
        return LsmStore.open(
                Fixtures.options(
                        STORE,
                        budgetBytes,
                        "memtable-size",
                        random.nextBoolean() ? "64KiB" : "1MiB",
                        "wal-segment-size",
                        random.nextBoolean() ? "64KiB" : "1MiB"),
                LsmEnvironment.on(new Witness(disk, mergesGivenUp)));
    }
}
