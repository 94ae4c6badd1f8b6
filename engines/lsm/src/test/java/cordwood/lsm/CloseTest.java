package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.lsm.format.FileNames;
import cordwood.store.Commit;
import cordwood.store.Durability;
import cordwood.store.LocalStore;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.Seed;
import cordwood.testkit.SeededSteps;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.DiskCall;
import cordwood.testkit.disk.FailingDisk;
import cordwood.testkit.disk.Fault;
import cordwood.testkit.disk.InterposedDisk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Closing a store while far more is in flight than its memtables have room for. */
final class CloseTest {

    private static final int RECORDS = 1024;
    private static final int RECORD_BYTES = 4 << 10;
    private static final int TRIMS = 100;
    private static final int LOG_WRITES_BETWEEN_FLUSHES = 400;

    private final SeededSteps steps = new SeededSteps(new Seed(1));
    private final CrashingDisk disk = new CrashingDisk(1);
    private final List<Commit> commits = new ArrayList<>();

    /** Lets the background steps run in the middle of some writes, as threads of their own may. */
    private final class BusyBackground extends InterposedDisk {
        private int logWrites;

        private BusyBackground(Disk under) {
            super(under);
        }

        @Override
        protected void onWrite(DiskCall call, DiskFile file, ByteBuffer source) {
            boolean isLog = call.fileName().endsWith(".wal");
            if (isLog && ++logWrites % LOG_WRITES_BETWEEN_FLUSHES == 0) {
                steps.runAll();
            }
            super.onWrite(call, file, source);
        }
    }

    /** 16 memtables, which hold some 220 of the records. */
    private StoreUnderTest on(Disk used) {
        StoreOptions options =
                Fixtures.options(
                        Path.of("/disk/store").toAbsolutePath(),
                        StoreOptions.MEMORY_BUDGET_BYTES_MIN,
                        "memtable-size",
                        "64KiB",
                        "wal-segment-size",
                        "256KiB");
        LsmEnvironment environment = Fixtures.stepped(used, steps);
        return new StoreUnderTest(() -> LsmStore.open(options, environment), steps::await);
    }

    private void appendAll(StoreUnderTest store) {
        for (int position = 0; position < RECORDS; position++) {
            WriteBatch batch = store.newBatch();
            batch.put(StoreUnderTest.SPACE, 1, position, Bytes.random(position, RECORD_BYTES));
            commits.add(store.store().append(batch, Durability.DURABLE));
        }
    }

    private List<Long> acknowledged() {
        assertThat(commits).allMatch(Commit::isDone);
        return LongStream.range(0, RECORDS)
                .filter(position -> commits.get((int) position).failure() == null)
                .boxed()
                .toList();
    }

    private List<Long> afterReopening() {
        try (StoreUnderTest reopened = on(disk)) {
            return reopened.positions(1);
        }
    }

    @Test
    void everythingInFlightIsWrittenAndFound() {
        StoreUnderTest store = on(new BusyBackground(disk));
        appendAll(store);
        store.close();

        assertThat(acknowledged()).hasSize(RECORDS);
        assertThat(afterReopening()).isEqualTo(acknowledged());
    }

    /** Runs a close of its own in the middle of something else. */
    private static final class SecondClose extends InterposedDisk {
        private final Predicate<DiskCall> when;
        private final AtomicReference<@Nullable StoreUnderTest> closed = new AtomicReference<>();
        private final AtomicReference<Thread> second = new AtomicReference<>();

        private SecondClose(Disk under, Predicate<DiskCall> when) {
            super(under);
            this.when = when;
        }

        @Override
        protected <T extends @Nullable Object> T onCall(
                DiskCall call, @Nullable DiskFile file, Supplier<T> body) {
            StoreUnderTest store = when.test(call) ? closed.getAndSet(null) : null;
            if (store != null) {
                Thread thread = Thread.ofPlatform().daemon().start(store.store()::close);
                second.set(thread);
                while (!isClosing(thread)) {
                    assertThat(thread.getState()).isNotEqualTo(Thread.State.TERMINATED);
                    Thread.onSpinWait();
                }
            }
            return super.onCall(call, file, body);
        }

        /** Whether the second waits, and what closes the store is this thread or waits for it. */
        private static boolean isClosing(Thread second) {
            return second.getState() == Thread.State.WAITING
                    && Thread.getAllStackTraces().keySet().stream()
                            .filter(thread -> thread.getName().equals("lsm-close"))
                            .anyMatch(thread ->
                                    thread.equals(Thread.currentThread())
                                            || thread.getState() == Thread.State.TIMED_WAITING);
        }
    }

    @Test
    void aSecondCloseWaitsForTheFirst() throws InterruptedException {
        SecondClose used = new SecondClose(disk, _ -> true);
        StoreUnderTest store = on(used);
        store.put(1, 1, "one");
        used.closed.set(store);
        store.store().close();
        used.second.get().join();
        assertThat(afterReopening()).containsExactly(1L);
    }

    /** Closes the store where a merge begins to write, and goes on once the close waits for it. */
    @Test
    void aCompactionThatAClosePutsAnEndToIsNotToldDone() throws InterruptedException {
        SecondClose used = new SecondClose(disk, call -> call.fileName().endsWith(".table.tmp"));
        StoreOptions options =
                Fixtures.options(
                        Path.of("/disk/store").toAbsolutePath(),
                        StoreOptions.MEMORY_BUDGET_BYTES_MIN);
        StoreUnderTest store =
                new StoreUnderTest(() -> LsmStore.open(options, LsmEnvironment.on(used)));
        for (int row = 0; row < 2; row++) {
            store.put(1, row, "row");
            store.put(2, row, "of the next stream, with which writing begins");
            ((LocalStore) store.store()).flush();
        }
        used.closed.set(store);

        assertThatThrownBy(() -> ((LocalStore) store.store()).compact())
                .isInstanceOf(StoreException.Closed.class);
        used.second.get().join();
        assertThat(afterReopening()).containsExactly(0L, 1L);
    }

    @Test
    void whatFindsNoMemoryIsRefusedWhereNothingCanBeFlushed() {
        Fault noTables =
                Fault.from(Fault.Kind.NO_SPACE, 1)
                        .only(call -> call.fileName().endsWith(".table.tmp"));
        StoreUnderTest store = on(new FailingDisk(disk, noTables));
        appendAll(store);
        store.close();

        assertThat(acknowledged()).isNotEmpty().hasSizeLessThan(RECORDS);
        assertThat(commits)
                .filteredOn(commit -> commit.failure() != null)
                .allMatch(commit -> commit.failure() instanceof StoreException.Full);
        assertThat(afterReopening()).isEqualTo(acknowledged());
    }

    @Test
    void trimsAreWrittenOnAFullDiskForTheReserveIsTheirs() {
        Fault noRoomBesideTheReserve =
                Fault.from(Fault.Kind.NO_SPACE, 1)
                        .only(call ->
                                call.fileName().endsWith(".table.tmp")
                                        && disk.exists(
                                                call.path().resolveSibling(FileNames.RESERVE)));
        StoreUnderTest store = on(new FailingDisk(disk, noRoomBesideTheReserve));
        appendAll(store);
        WriteBatch large = store.newBatch(); // a group by itself, so that no trim is in one with it
        large.put(StoreUnderTest.SPACE, 1, RECORDS, Bytes.random(0, 4 * RECORD_BYTES));
        Commit refused = store.store().append(large, Durability.DURABLE);
        List<Commit> trims = new ArrayList<>();
        for (int to = 0; to < TRIMS; to++) {
            WriteBatch batch = store.newBatch();
            batch.trim(StoreUnderTest.SPACE, 1, to);
            trims.add(store.store().append(batch, Durability.DURABLE));
        }
        store.close();

        assertThat(refused.failure()).isInstanceOf(StoreException.Full.class);
        assertThat(trims).allMatch(trim -> trim.isDone() && trim.failure() == null);
        List<Long> expected =
                acknowledged().stream().filter(position -> position >= TRIMS).toList();
        assertThat(expected).isNotEmpty();
        assertThat(afterReopening()).isEqualTo(expected);
    }
}
