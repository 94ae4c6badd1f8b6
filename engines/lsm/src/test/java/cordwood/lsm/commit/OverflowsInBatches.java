package cordwood.lsm.commit;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.lsm.LsmEnvironment;
import cordwood.lsm.LsmStore;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.format.Stretch;
import cordwood.lsm.format.Varint;
import cordwood.store.Commit;
import cordwood.store.Durability;
import cordwood.store.StoreOptions;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.mutant.InsteadOf;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Errors come out of what a batch calls, before it was done and after; see {@code ErrorsTest}. */
@ExtendWith(SeedExtension.class)
public final class OverflowsInBatches {

    private static final int BATCHES = 500;
    private static final int ENTRIES = 20;
    private static final int STREAMS = 3;
    private static final int ONE_IN = 25;

    private static SplittableRandom random = new SplittableRandom(1);
    private static boolean armed;
    private static int thrown;

    /** For JUnit. */
    public OverflowsInBatches() {}

    private static void mayThrow() {
        if (armed && random.nextInt(ONE_IN) == 0) {
            thrown++;
            throw new StackOverflowError("thrown by a test");
        }
    }

    /** Throws now and then. */
    @InsteadOf(Stretch.class)
    public static void writeHead(
            MemorySegment target,
            long at,
            StreamKey key,
            int count,
            int payloadBytes,
            long first,
            long last) {
        mayThrow();
        Stretch.writeHead(target, at, key, count, payloadBytes, first, last);
        mayThrow();
    }

    /** Throws now and then. */
    @InsteadOf(Varint.class)
    public static int put(byte[] target, int at, long value) {
        mayThrow();
        int end = Varint.put(target, at, value);
        mayThrow();
        return end;
    }

    /** Throws now and then. */
    @InsteadOf(Arrays.class)
    public static byte[] copyOf(byte[] bytes, int length) {
        mayThrow();
        return Arrays.copyOf(bytes, length);
    }

    /** Throws now and then. */
    @InsteadOf(MemorySegment.class)
    public static MemorySegment ofArray(byte[] bytes) {
        mayThrow();
        return MemorySegment.ofArray(bytes);
    }

    @Test
    void whatWasAddedIsThereAndNothingElse(Seed seed) {
        random = seed.random();
        CrashingDisk disk = new CrashingDisk(1);
        StoreOptions options =
                new StoreOptions(
                        Path.of("/disk/store").toAbsolutePath(),
                        StoreOptions.MEMORY_BUDGET_BYTES_DEFAULT,
                        Map.of());
        Set<Long> expected = new TreeSet<>();
        try (StoreUnderTest store =
                new StoreUnderTest(() -> LsmStore.open(options, LsmEnvironment.on(disk)))) {
            try (WriteBatch batch = store.store().newBatch()) {
                for (int i = 0; i < BATCHES; i++) {
                    batch.clear();
                    fill(batch, i, expected);
                    store.await(appended(store, batch));
                }
            }
            for (int life = 1; life <= 2; life++) {
                Set<Long> found = new TreeSet<>();
                for (int stream = 0; stream < STREAMS; stream++) {
                    found.addAll(store.positions(stream));
                }
                assertThat(found).isEqualTo(expected);
                store.reopen();
            }
        }
        assertThat(thrown).isGreaterThan(BATCHES);
    }

    private static void fill(WriteBatch batch, int number, Set<Long> expected) {
        batch.put(StoreUnderTest.SPACE, STREAMS, number, Bytes.of("so that none is empty"));
        for (int i = 0; i < ENTRIES; i++) {
            int stream = random.nextInt(STREAMS);
            int id = i;
            long position = (long) number * ENTRIES + i;
            MemorySegment value = Bytes.random(position, random.nextInt(500));
            switch (random.nextInt(8)) {
                case 0 ->
                        tried(
                                batch,
                                () -> batch.attribute(StoreUnderTest.SPACE, stream, id, value));
                case 1 -> tried(batch, () -> batch.trim(StoreUnderTest.SPACE, stream, -5));
                default -> {
                    if (tried(
                            batch,
                            () -> batch.put(StoreUnderTest.SPACE, stream, position, value))) {
                        expected.add(position);
                    }
                }
            }
        }
    }

    private static boolean tried(WriteBatch batch, Runnable entry) {
        int operations = batch.operationCount();
        boolean done =
                unlessThrown(() -> {
                    entry.run();
                    return true;
                })
                        != null;
        assertThat(batch.operationCount()).isEqualTo(operations + (done ? 1 : 0));
        return done;
    }

    private static Commit appended(StoreUnderTest store, WriteBatch batch) {
        Commit commit = null;
        while (commit == null) {
            commit = unlessThrown(() -> store.store().append(batch, Durability.WRITTEN));
        }
        return commit;
    }

    /** What the call answers; null when it threw an Error. */
    private static <T> @Nullable T unlessThrown(Supplier<T> call) {
        armed = true;
        try {
            return call.get();
        } catch (StackOverflowError _) {
            return null;
        } finally {
            armed = false;
        }
    }
}
