package cordwood.lsm;

import cordwood.store.Commit;
import cordwood.store.Durability;
import cordwood.store.Space;
import cordwood.store.StoreOptions;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;

/** The processes of {@link ReplayTest}: one that leaves a long log, and one that reads it back. */
final class ReplayProcess {

    static final Space SPACE = new Space(3, "test");
    static final int STREAMS = 100;
    static final int RECORDS_PER_BATCH = 10;
    static final int RECORD_BYTES = 512;

    /**
     * What came of reading a log back.
     *
     * @param batches recovered
     * @param logBytes bytes of them in the log
     * @param millis how long opening took
     * @param steps how often progress was told
     * @param peakBytes most memory that the process ever had
     */
    record Outcome(long batches, long logBytes, long millis, int steps, long peakBytes) {

        static Outcome parse(String text) {
            String[] fields = text.split(" ");
            return new Outcome(
                    Long.parseLong(fields[0]),
                    Long.parseLong(fields[1]),
                    Long.parseLong(fields[2]),
                    Integer.parseInt(fields[3]),
                    Long.parseLong(fields[4]));
        }

        @Override
        public String toString() {
            return "%d %d %d %d %d".formatted(batches, logBytes, millis, steps, peakBytes);
        }
    }

    private record Pending(Commit commit, WriteBatch batch) {
        void finish() {
            commit.await();
            batch.close();
        }
    }

    private ReplayProcess() {}

    static void main(String... arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        long amount = Long.parseLong(arguments[1]);
        if (amount > 0) {
            write(directory, amount);
        } else {
            System.out.println(replay(directory, -amount));
        }
        System.out.flush();
        Runtime.getRuntime().halt(0); // nothing is closed in order
    }

    /** Batches in one memtable that is large enough for all of them: none is flushed. */
    private static void write(Path directory, long batches) {
        long bytes = batches * RECORDS_PER_BATCH * (RECORD_BYTES + 64);
        long memtableBytes = Math.max(bytes, StoreOptions.MEMORY_BUDGET_BYTES_MIN);
        StoreOptions options =
                Fixtures.options(
                        directory, 4 * memtableBytes, "memtable-size", memtableBytes + "B");
        LsmStore store = LsmStore.open(options, LsmEnvironment.system());
        MemorySegment noise = Bytes.random(1, RECORD_BYTES + STREAMS);
        Queue<Pending> underWay = new ArrayDeque<>();
        for (long i = 0; i < batches; i++) {
            WriteBatch batch = store.newBatch();
            long stream = i % STREAMS;
            for (int j = 0; j < RECORDS_PER_BATCH; j++) {
                long position = i / STREAMS * RECORDS_PER_BATCH + j;
                batch.put(SPACE, stream, position, noise.asSlice(stream, RECORD_BYTES));
            }
            Durability level = i == batches - 1 ? Durability.DURABLE : Durability.WRITTEN;
            underWay.add(new Pending(store.append(batch, level), batch));
            if (underWay.size() > 32) {
                underWay.remove().finish();
            }
        }
        underWay.forEach(Pending::finish);
    }

    private static Outcome replay(Path directory, long budgetBytes) throws IOException {
        AtomicInteger steps = new AtomicInteger();
        LsmEnvironment counting = LsmEnvironment.system().telling(_ -> steps.incrementAndGet());
        LsmStore store = LsmStore.open(Fixtures.options(directory, budgetBytes), counting);
        RecoveryReport report = store.recovery();
        return new Outcome(
                report.batches(),
                report.bytes(),
                report.duration().toMillis(),
                steps.get(),
                peakBytes());
    }

    private static long peakBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
                .findFirst()
                .orElse(0);
    }
}
