package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.files.DiskFile;
import cordwood.lsm.format.RecordKind;
import cordwood.store.Durability;
import cordwood.store.Space;
import cordwood.store.StoreOptions;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.Poll;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.SeededSteps;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.DiskCall;
import cordwood.testkit.disk.InterposedDisk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tables of which everything was trimmed are dropped, whatever overtook whatever. */
@ExtendWith(SeedExtension.class)
final class TrimmedTablesTest {

    private static final Space SPACE = new Space(3, "test");
    private static final Path DIRECTORY = Path.of("/store").toAbsolutePath();
    private static final int LIVES = FaultOpener.LONG ? 2_000 : 100;
    private static final int STREAMS = 3;
    private static final int CALLS = 60;
    private static final int VALUE_BYTES = 6_000;

    private record Life(LsmStore store, SeededSteps steps) {

        void append(Consumer<WriteBatch> content) {
            try (WriteBatch batch = store.newBatch()) {
                content.accept(batch);
                steps.await(store.append(batch, Durability.WRITTEN));
            }
        }

        void trim(int stream) {
            append(batch -> batch.trim(SPACE, stream, CALLS));
        }
    }

    private static LsmStore open(CrashingDisk disk, SeededSteps steps) {
        StoreOptions options =
                Fixtures.options(
                        DIRECTORY,
                        StoreOptions.MEMORY_BUDGET_BYTES_MIN,
                        "memtable-size",
                        "64KiB",
                        "wal-segment-size",
                        "64KiB");
        return LsmStore.open(options, Fixtures.stepped(disk, steps));
    }

    @Test
    void noTableIsKeptOfWhichEverythingWasTrimmed(Seed seed) {
        for (int i = 0; i < LIVES; i++) {
            Seed child = seed.child(i);
            CrashingDisk disk = new CrashingDisk(child.value());
            live(disk, child);
            assertThat(tablesOfRecords(disk)).as(child.toString()).isZero();
        }
    }

    private static void live(CrashingDisk disk, Seed seed) {
        SplittableRandom random = seed.random();
        SeededSteps steps = new SeededSteps(seed);
        try (LsmStore store = open(disk, steps)) {
            Life life = new Life(store, steps);
            for (int position = 1; position <= CALLS; position++) {
                int stream = random.nextInt(STREAMS);
                long at = position;
                life.append(batch -> batch.put(SPACE, stream, at, Bytes.random(at, VALUE_BYTES)));
                steps.runSome(6);
            }
            // while flushes are still under way
            for (int stream = 0; stream < STREAMS; stream++) {
                life.trim(stream);
                steps.runSome(6);
            }
            store.flush();
            steps.runAll();
        }
    }

    /** Holds a table up, once, while it is written. */
    private static final class SlowTable extends InterposedDisk {

        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch released = new CountDownLatch(1);

        SlowTable(CrashingDisk under) {
            super(under);
        }

        @Override
        protected void onWrite(DiskCall call, DiskFile file, ByteBuffer source) {
            if (call.fileName().contains(".table")) {
                begun.countDown();
                try {
                    released.await();
                } catch (InterruptedException e) {
                    throw new AssertionError("storage threads are not interrupted", e);
                }
            }
            super.onWrite(call, file, source);
        }
    }

    @Test
    void aTrimThatOvertakesTheFlushOfItsRecordsDropsTheirTable() throws Exception {
        SlowTable disk = new SlowTable(new CrashingDisk(1));
        try (LsmStore store = LsmStore.open(Fixtures.small(DIRECTORY), LsmEnvironment.on(disk))) {
            append(store, batch -> batch.put(SPACE, 1, 1, Bytes.of("trimmed while it is flushed")));
            Thread flushing = Thread.ofPlatform().start(store::flush);
            disk.begun.await();
            append(store, batch -> batch.trim(SPACE, 1, 1));
            // the pass that the trim asked for comes before the table is there
            LockSupport.parkNanos(50_000_000);
            disk.released.countDown();
            flushing.join();

            Poll.until(
                    "the table is dropped",
                    () -> store.metrics().engine().getOrDefault("dropped_table_bytes", 0L) > 0);
        }
    }

    @Test
    void aTrimPointOutlivesTheMergeOfItsAttributesAndAReopening() {
        CrashingDisk disk = new CrashingDisk(1);
        try (LsmStore store = LsmStore.open(Fixtures.small(DIRECTORY), LsmEnvironment.on(disk))) {
            append(store, batch -> batch.put(SPACE, 1, 1, Bytes.of("record")));
            append(store, batch -> batch.trim(SPACE, 1, 1));
            store.flush();
            append(store, batch -> batch.attribute(SPACE, 1, 1, Bytes.of("attribute")));
            store.flush();
            store.compact();
        }
        try (LsmStore store = LsmStore.open(Fixtures.small(DIRECTORY), LsmEnvironment.on(disk))) {
            assertThat(store.bounds(SPACE, 1).trimmedTo()).as("trimmed to").isEqualTo(1);
        }
    }

    private static void append(LsmStore store, Consumer<WriteBatch> content) {
        try (WriteBatch batch = store.newBatch()) {
            content.accept(batch);
            store.append(batch, Durability.WRITTEN).await();
        }
    }

    private static long tablesOfRecords(CrashingDisk disk) {
        return Fixtures.onRecord(
                disk,
                DIRECTORY,
                state ->
                        state.tables().stream()
                                .filter(table -> table.kind() == RecordKind.RECORDS)
                                .count());
    }
}
