package cordwood.lsm.wal;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.files.DiskFile;
import cordwood.lsm.format.Checksums;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.format.StoreId;
import cordwood.memory.Account;
import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.memory.Region;
import cordwood.testkit.Bytes;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.disk.CrashingDisk;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What the writer of the log wrote is what recovery reads, up to some batch that was not synced.
 */
@ExtendWith(SeedExtension.class)
final class WalRoundTripTest {

    private static final Path DIRECTORY = Path.of("/disk/store").toAbsolutePath();
    private static final int LOGS = 60;
    private static final int GROUPS_MAX = 60;
    private static final int BATCHES_MAX = 6;
    private static final int BODY_BYTES_MAX = 3_000;
    private static final long SEGMENT_BYTES = 64 << 10;
    private static final StoreId STORE = StoreId.random();

    private final Memory memory = Memory.open(MemoryOptions.ofBudget(32L << 20));
    private final Account account = memory.budget().account("test");
    private final Region page = memory.chunks().region(account, 64 << 10);
    private final Region window = memory.chunks().region(account, 64 << 10);

    @AfterEach
    void close() {
        page.close();
        window.close();
        memory.close();
    }

    /** One log, as it is written. */
    private final class Log {
        private final CrashingDisk disk = new CrashingDisk(1);
        private final LiveSegments live = new LiveSegments();
        private final LogMilestones milestones = new LogMilestones(0);
        private final List<RecordedSegment> recorded = new ArrayList<>();
        private final List<byte[]> batches = new ArrayList<>();
        private final WalWriter writer =
                new WalWriter(
                        STORE, live, page, new LogEnd(0, 0, 0, 0), new WalFigures(), milestones);
        private int synced;

        Log() {
            disk.createDirectories(DIRECTORY);
        }

        private Segment newSegment() {
            long number = recorded.size() + 1L;
            Path path = DIRECTORY.resolve(FileNames.segment(number));
            try (DiskFile file = disk.create(path)) {
                file.preallocate(SEGMENT_BYTES);
                file.sync();
            }
            disk.syncDirectory(DIRECTORY);
            recorded.add(RecordedSegment.prepared(number, SEGMENT_BYTES));
            Segment segment = Segment.find(disk, DIRECTORY, number);
            segment.open(disk);
            return segment;
        }

        void write(List<byte[]> group, boolean sync) {
            long bytes = group.stream().mapToLong(b -> WalWriter.frameBytes(b.length)).sum();
            if (!writer.hasRoom(bytes)) {
                writer.begin(newSegment());
            }
            ByteBuffer gathered = ByteBuffer.allocate((int) bytes);
            int at = 0;
            for (int i = 0; i < group.size(); i++) {
                byte[] body = group.get(i);
                boolean last = sync && i == group.size() - 1;
                int checksum = Checksums.of(body, body.length);
                long sequence = writer.frame(gathered, at, body.length, checksum, last);
                assertThat(sequence).isEqualTo(batches.size() + i + 1L);
                gathered.put(at + WalWriter.headBytes(), body);
                at += (int) WalWriter.frameBytes(body.length);
            }
            writer.write(gathered);
            batches.addAll(group);
            if (sync) {
                writer.sync();
                synced = batches.size();
            }
        }

        LogRecord record() {
            return new LogRecord(recorded, 0, 0, milestones.news().syncedPosition());
        }
    }

    /** Keeps every body. */
    private static final class Kept implements Replay {
        private final List<byte[]> bodies = new ArrayList<>();
        private byte[] room = {};

        @Override
        public MemorySegment room(int bodyBytes, long sequence) {
            room = new byte[bodyBytes];
            return MemorySegment.ofArray(room);
        }

        @Override
        public void accept() {
            bodies.add(room);
        }

        @Override
        public void reject() {
            room = new byte[0];
        }

        @Override
        public void progress(int doneSegments, int allSegments) {}
    }

    private static List<byte[]> group(SplittableRandom random) {
        List<byte[]> group = new ArrayList<>();
        for (int i = random.nextInt(BATCHES_MAX); i >= 0; i--) {
            int bytes = 1 + random.nextInt(BODY_BYTES_MAX);
            group.add(Bytes.array(Bytes.random(random.nextLong(), bytes)));
        }
        return group;
    }

    @Test
    void everyLogReadsBackUpToABatchThatWasNotSynced(Seed seed) {
        SplittableRandom random = seed.random();
        int torn = 0;
        int segments = 0;
        for (int i = 0; i < LOGS; i++) {
            Log log = new Log();
            int syncEvery = 1 + random.nextInt(8);
            for (int left = 1 + random.nextInt(GROUPS_MAX); left > 0; left--) {
                log.write(group(random), random.nextInt(syncEvery) == 0);
            }
            CrashingDisk after = log.disk.crash(random.nextLong(), random.nextInt(101));
            Kept kept = new Kept();
            RecoveredLog found =
                    new WalRecovery(after, DIRECTORY, STORE, window, kept).recover(log.record());

            int count = kept.bodies.size();
            assertThat(count).isBetween(log.synced, log.batches.size());
            for (int batch = 0; batch < count; batch++) {
                assertThat(kept.bodies.get(batch)).isEqualTo(log.batches.get(batch));
            }
            assertThat(found.batches()).isEqualTo(count);
            assertThat(found.end().lastSequence()).isEqualTo(count);
            torn += count < log.batches.size() ? 1 : 0;
            segments += log.recorded.size();
            log.live.close();
        }
        assertThat(torn).isPositive();
        assertThat(segments).isGreaterThan(2 * LOGS);
    }
}
