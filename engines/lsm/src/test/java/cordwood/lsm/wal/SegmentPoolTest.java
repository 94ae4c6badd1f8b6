package cordwood.lsm.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.lsm.format.DiskBudget;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.format.Shortages;
import cordwood.lsm.format.SpaceReserve;
import cordwood.store.StoreException;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.DiskOperation;
import cordwood.testkit.disk.FailingDisk;
import cordwood.testkit.disk.Fault;
import cordwood.testkit.disk.SmallDisk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The pool of segments against what is on record and on the disk. */
@ExtendWith(SeedExtension.class)
final class SegmentPoolTest {

    private static final Path DIRECTORY = Path.of("/disk/store").toAbsolutePath();
    private static final long SEGMENT_BYTES = 2L << 20;
    private static final long BALLAST_BYTES = 1L << 20;
    private static final long RESERVE_BYTES = 1L << 20;
    private static final int READY_MIN = 2;
    private static final int READY_MAX = 4;
    private static final int STEPS = 400;

    /** What is on record: sizes by number. */
    private static final class Register implements SegmentRegister {
        private final Map<Long, Long> sizes = new TreeMap<>();
        private long last;

        @Override
        public long nextNumber() {
            return ++last;
        }

        @Override
        public boolean keepRoom() {
            return false;
        }

        @Override
        public void add(List<RecordedSegment> prepared) {
            prepared.forEach(segment ->
                    assertThat(sizes.put(segment.number(), segment.sizeBytes())).isNull());
        }

        @Override
        public void drop(List<Long> numbers) {
            numbers.forEach(number -> assertThat(sizes.remove(number)).isNotNull());
        }
    }

    private final Register register = new Register();
    private final Shortages shortages = new Shortages();
    private final List<Segment> taken = new ArrayList<>();

    private SegmentPool pool(Disk disk) {
        return pool(disk, DiskBudget.unlimited());
    }

    private SegmentPool pool(Disk disk, DiskBudget budget) {
        disk.createDirectories(DIRECTORY);
        return new SegmentPool(
                disk,
                DIRECTORY,
                register,
                SpaceReserve.of(disk, DIRECTORY.resolve(FileNames.RESERVE), RESERVE_BYTES),
                budget,
                shortages,
                SEGMENT_BYTES,
                READY_MIN,
                READY_MAX);
    }

    private static Disk disk(long capacityBytes) {
        return new SmallDisk(new CrashingDisk(1), capacityBytes);
    }

    private static void prepareAll(SegmentPool pool) {
        boolean worked = true;
        while (worked) {
            worked = pool.prepare();
        }
    }

    private void giveBack(SegmentPool pool, Segment segment) {
        assertThat(register.sizes.remove(segment.number())).isNotNull();
        pool.takeBack(segment);
    }

    @Test
    void whatIsTakenIsOnRecordAndOtherFilesAreThere(Seed seed) {
        SplittableRandom random = seed.random();
        Disk disk = disk(256L << 20);
        try (SegmentPool pool = pool(disk)) {
            for (int i = 0; i < STEPS; i++) {
                switch (random.nextInt(6)) {
                    case 0 -> pool.prepare();
                    case 1 -> note(pool.tryTake(1_000), SEGMENT_BYTES);
                    case 2 -> note(pool.tryTakeBallast(1_000), BALLAST_BYTES);
                    case 3, 4 -> {
                        if (!taken.isEmpty()) {
                            giveBack(pool, taken.remove(random.nextInt(taken.size())));
                        }
                    }
                    default -> {
                        prepareAll(pool);
                        assertThat(pool.hasReady()).isTrue();
                        assertThat(shortages.of(Shortages.Of.SEGMENTS)).isNull();
                        assertThat(segmentFiles(disk)).isEqualTo(register.sizes);
                    }
                }
            }
            prepareAll(pool);
            assertThat(register.sizes.size() - taken.size())
                    .isBetween(READY_MIN + 1, READY_MAX + 1);
            taken.forEach(Segment::close);
        }
    }

    private void note(@Nullable Segment segment, long sizeBytes) {
        if (segment != null) {
            assertThat(segment.sizeBytes()).isEqualTo(sizeBytes);
            assertThat(register.sizes).containsEntry(segment.number(), sizeBytes);
            assertThat(taken).noneMatch(other -> other.number() == segment.number());
            taken.add(segment);
        }
    }

    private static Map<Long, Long> segmentFiles(Disk disk) {
        Map<Long, Long> sizes = new TreeMap<>();
        for (Path path : disk.list(DIRECTORY)) {
            if (!path.endsWith(FileNames.RESERVE)) {
                try (DiskFile file = disk.openReadOnly(path)) {
                    sizes.put(FileNames.number(path), file.sizeBytes());
                }
            }
        }
        return sizes;
    }

    @Test
    void onAFullDiskTheWayOutIsKeptAndSegmentsThatComeBackServe() {
        Disk disk = disk(RESERVE_BYTES + BALLAST_BYTES + 2 * SEGMENT_BYTES);
        try (SegmentPool pool = pool(disk)) {
            prepareAll(pool);
            Segment first = Objects.requireNonNull(pool.tryTake(1_000));
            Segment second = Objects.requireNonNull(pool.tryTake(1_000));
            prepareAll(pool);

            assertThat(pool.tryTake(1_000)).isNull();
            assertThat(pool.hasWayOut()).isTrue();
            assertThatThrownBy(() -> pool.take(1_000)).isInstanceOf(StoreException.Full.class);
            assertThat(shortages.of(Shortages.Of.SEGMENTS)).isInstanceOf(StoreException.Full.class);

            giveBack(pool, first);
            prepareAll(pool);
            assertThat(pool.hasReady()).isTrue();
            Segment again = pool.take(1_000);
            assertThat(again.number()).isGreaterThan(second.number());
            again.close();
            second.close();
        }
    }

    @Test
    void aReadySegmentIsLeftWhileTheBudgetHasNoRoomForItsTables() {
        AtomicLong tableBytes = new AtomicLong();
        AtomicLong logBytes = new AtomicLong();
        long budgetBytes = 10 * SEGMENT_BYTES;
        DiskBudget budget =
                new DiskBudget(budgetBytes, SEGMENT_BYTES, tableBytes::get, logBytes::get);
        long mostBytes = budgetBytes - 2 * SEGMENT_BYTES - BALLAST_BYTES;
        try (SegmentPool pool = pool(disk(256L << 20), budget)) {
            prepareAll(pool);
            assertThat(shortages.of(Shortages.Of.SEGMENTS)).isNull();
            tableBytes.set(mostBytes);
            assertThat(pool.hasReady()).isTrue();

            logBytes.set(1); // counts as what its table will take
            assertThat(pool.hasReady()).isFalse();
            assertThatThrownBy(() -> pool.take(1_000))
                    .isInstanceOf(StoreException.Full.class)
                    .hasMessage(
                            "the disk budget of 20 MiB is reached: 15 MiB of files, 1 B to be flushed,"
                                    + " no room for 5 MiB; trim streams, or open the store with a"
                                    + " larger disk-budget");
            assertThatThrownBy(() -> pool.createOversize(2 * SEGMENT_BYTES))
                    .isInstanceOf(StoreException.Full.class);
            shortages.end(Shortages.Of.SEGMENTS);
            assertThat(pool.prepare()).isFalse();
            assertThat(shortages.of(Shortages.Of.SEGMENTS)).isInstanceOf(StoreException.Full.class);
            assertThat(pool.tryTakeBallast(1_000)).isNotNull();

            logBytes.set(0);
            prepareAll(pool);
            assertThat(shortages.of(Shortages.Of.SEGMENTS)).isNull();
            pool.take(1_000).close();
        }
    }

    @Test
    void noSegmentIsMadeOrKeptThatTheBudgetHasNoRoomFor() {
        AtomicLong usedBytes = new AtomicLong();
        long budgetBytes = 10 * SEGMENT_BYTES;
        DiskBudget budget = new DiskBudget(budgetBytes, 0, usedBytes::get, () -> 0);
        Disk disk = disk(256L << 20);
        try (SegmentPool pool = pool(disk, budget)) {
            for (int i = 0; i < READY_MAX; i++) {
                prepareAll(pool);
                taken.add(pool.take(1_000));
            }
            prepareAll(pool);
            usedBytes.set(budgetBytes);
            taken.forEach(segment -> giveBack(pool, segment));
            prepareAll(pool);
            assertThat(register.sizes).hasSize(1 + READY_MIN); // and the ballast
            assertThat(segmentFiles(disk)).isEqualTo(register.sizes);

            usedBytes.set(0);
            pool.take(1_000).close();
            pool.take(1_000).close();
            usedBytes.set(budgetBytes - 2 * SEGMENT_BYTES);
            prepareAll(pool);
            assertThat(register.sizes).hasSize(1 + READY_MIN);
            assertThat(shortages.of(Shortages.Of.SEGMENTS)).isInstanceOf(StoreException.Full.class);
        }
    }

    @Test
    void theBallastComesBeforeAnythingElse() {
        Disk disk = disk(RESERVE_BYTES + BALLAST_BYTES + SEGMENT_BYTES);
        try (SegmentPool pool = pool(disk)) {
            prepareAll(pool);
            Segment segment = Objects.requireNonNull(pool.tryTake(1_000));
            Segment ballast = Objects.requireNonNull(pool.tryTakeBallast(1_000));
            assertThat(pool.hasWayOut()).isFalse();

            giveBack(pool, segment);
            prepareAll(pool);

            assertThat(pool.hasWayOut()).isTrue();
            assertThat(pool.tryTake(1_000)).isNull();
            ballast.close();
        }
    }

    @Test
    void whatIsRefusedIsTriedAgainWithOneSegment() {
        Disk under = disk(256L << 20);
        FailingDisk failing =
                new FailingDisk(
                        under,
                        Fault.from(Fault.Kind.TOO_MANY_OPEN, 1)
                                .only(call -> call.operation() == DiskOperation.SYNC_DIRECTORY));
        failing.disarm();
        try (SegmentPool pool = pool(failing)) {
            for (int i = 0; i < READY_MAX; i++) {
                prepareAll(pool);
                taken.add(pool.take(1_000));
            }
            taken.forEach(segment -> giveBack(pool, segment));
            failing.arm();
            assertThat(pool.prepare()).isFalse();
            long lastNumber = register.last;
            assertThat(pool.prepare()).isFalse();
            assertThat(register.last).isEqualTo(lastNumber + 1);

            failing.disarm();
            prepareAll(pool);
            assertThat(pool.hasReady()).isTrue();
            assertThat(segmentFiles(under)).isEqualTo(register.sizes);
        }
    }

    @Test
    void allThatIsKeptReadyButTheBallastIsLentAtOnceAndMadeAgain() {
        try (SegmentPool pool = pool(disk(64 << 20))) {
            prepareAll(pool);
            int kept = register.sizes.size();
            assertThat(pool.lendableBytes()).isEqualTo(RESERVE_BYTES + READY_MIN * SEGMENT_BYTES);

            assertThat(pool.tryLendAll(new StoreException.Full("full", null))).isTrue();
            assertThat(register.sizes).containsValue(BALLAST_BYTES).hasSize(1);
            assertThat(pool.lendableBytes()).isZero();
            prepareAll(pool);
            assertThat(pool.hasReady()).isFalse();
            assertThat(shortages.of(Shortages.Of.SEGMENTS)).isNotNull();

            pool.takeAllBack();
            prepareAll(pool);
            assertThat(pool.hasReady()).isTrue();
            assertThat(register.sizes).hasSize(kept);
            assertThat(shortages.of(Shortages.Of.SEGMENTS)).isNull();
        }
    }
}
