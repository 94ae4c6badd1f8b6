package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.Order;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.store.StreamCursor;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.DiskCall;
import cordwood.testkit.disk.InterposedDisk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A cursor that is refused now and then goes on where it was, and misses nothing. */
final class RefusedCursorTest {

    private static final Path STORE = Path.of("/disk/store").toAbsolutePath();
    private static final int STREAMS = 2_000;
    private static final int RECORDS = 3_000;
    private static final long LONG_STREAM = STREAMS;
    private static final int TABLES = 3;
    private static final int TRIES_MAX = 100;

    /** Finds no descriptor for every so-manieth read of a table. */
    private static final class ScarceReads extends InterposedDisk {
        private final int refusedEvery;
        private int reads;

        ScarceReads(Disk under, int refusedEvery) {
            super(under);
            this.refusedEvery = refusedEvery;
        }

        @Override
        protected int onRead(DiskCall call, DiskFile file, ByteBuffer target) {
            if (call.fileName().endsWith(".table") && ++reads % refusedEvery == 0) {
                throw new FileFailure(
                        FileFailure.Kind.TOO_MANY_OPEN, "read", call.path(), -1, "a test", null);
            }
            return super.onRead(call, file, target);
        }
    }

    private static LsmStore open(Disk disk) {
        StoreOptions options =
                Fixtures.options(STORE, StoreOptions.MEMORY_BUDGET_BYTES_MIN, "block-size", "1KiB");
        return LsmStore.open(options, LsmEnvironment.on(disk));
    }

    private static CrashingDisk filled() {
        CrashingDisk disk = new CrashingDisk(1);
        try (LsmStore store = open(disk)) {
            for (int table = 0; table < TABLES; table++) {
                try (WriteBatch batch = store.newBatch()) {
                    for (long stream = table; stream < STREAMS; stream += TABLES) {
                        batch.put(SampleStore.SPACE, stream, 1, Bytes.random(stream, 40));
                    }
                    for (long position = table; position < RECORDS; position += TABLES) {
                        batch.put(
                                SampleStore.SPACE, LONG_STREAM, position, Bytes.random(table, 40));
                    }
                    store.append(batch, Durability.DURABLE).await();
                }
                store.flush();
            }
        }
        return disk;
    }

    /** Moves on, asking again after a refusal. */
    private static boolean moved(BooleanSupplier next, List<StoreException.Busy> refusals) {
        while (true) {
            try {
                return next.getAsBoolean();
            } catch (StoreException.Busy refusal) {
                refusals.add(refusal);
            }
        }
    }

    @Test
    void everyStreamIsListedOnceAndEveryRecordSeenInOrder() {
        CrashingDisk disk = filled();
        int refused = 0;
        for (int every : new int[] {23, 37, 101}) {
            try (LsmStore store = opened(new ScarceReads(disk, every))) {
                List<StoreException.Busy> refusals = new ArrayList<>();
                List<Long> streams = new ArrayList<>();
                try (StreamCursor cursor = store.streams(SampleStore.SPACE)) {
                    while (moved(cursor::next, refusals)) {
                        streams.add(cursor.stream());
                    }
                }
                assertThat(streams).isEqualTo(LongStream.rangeClosed(0, STREAMS).boxed().toList());
                List<Long> positions = new ArrayList<>();
                try (Cursor cursor =
                        store.read(SampleStore.SPACE, LONG_STREAM, 0, RECORDS, Order.FORWARD)) {
                    while (moved(cursor::next, refusals)) {
                        positions.add(cursor.position());
                    }
                }
                assertThat(positions).isEqualTo(LongStream.range(0, RECORDS).boxed().toList());
                refused += refusals.size();
            }
        }
        assertThat(refused).isPositive();
    }

    /** Opening is refused as well, and may be tried again. */
    private static LsmStore opened(Disk disk) {
        for (int i = 1; ; i++) {
            try {
                return open(disk);
            } catch (StoreException.Busy _) {
                assertThat(i).isLessThan(TRIES_MAX);
            }
        }
    }
}
