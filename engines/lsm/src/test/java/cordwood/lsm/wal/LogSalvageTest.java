package cordwood.lsm.wal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.lsm.format.Checksums;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.format.StoreId;
import cordwood.memory.Account;
import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.memory.Region;
import cordwood.testkit.Bytes;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.WornDisk;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which batches are found in segments whose frames were written by hand. */
final class LogSalvageTest {

    private static final Path DIRECTORY = Path.of("/disk/store").toAbsolutePath();
    private static final long SEGMENT_BYTES = 32 << 10;

    private final Memory memory = Memory.open(MemoryOptions.ofBudget(32L << 20));
    private final Account account = memory.budget().account("test");
    private final Region window = memory.chunks().region(account, 16 << 10);
    private final CrashingDisk disk = new CrashingDisk(1);

    LogSalvageTest() {
        disk.createDirectories(DIRECTORY);
    }

    @AfterEach
    void close() {
        window.close();
        memory.close();
    }

    private static Path path(long number) {
        return DIRECTORY.resolve(FileNames.segment(number));
    }

    /** Writes one frame; where the next one goes. */
    private long write(long number, long offset, long sequence, String text, boolean isIntact) {
        MemorySegment body = Bytes.of(text);
        int bodyBytes = (int) body.byteSize();
        int extentBytes = (int) WalDescriptor.frameBytes(bodyBytes);
        MemorySegment frame = MemorySegment.ofArray(new byte[extentBytes]);
        int checksum = Checksums.of(body, 0, bodyBytes) + (isIntact ? 0 : 1);
        new FrameHead()
                .write(
                        frame.asByteBuffer(),
                        0,
                        bodyBytes,
                        extentBytes,
                        number,
                        sequence,
                        0,
                        checksum);
        MemorySegment.copy(body, 0, frame, WalDescriptor.FRAME_BYTES, bodyBytes);
        boolean isNew = !disk.exists(path(number));
        try (DiskFile file = isNew ? disk.create(path(number)) : disk.open(path(number))) {
            if (isNew) {
                file.preallocate(SEGMENT_BYTES);
            }
            file.write(offset, frame.asByteBuffer());
        }
        return offset + extentBytes;
    }

    private List<String> found(Disk from, long... numbers) {
        LogSalvage salvage =
                new LogSalvage(from, DIRECTORY, memory.chunks(), account, window.memory());
        for (long number : numbers) {
            salvage.look(number, StoreId.random(), Long.MAX_VALUE);
        }
        List<String> found = new ArrayList<>();
        salvage.run(
                0,
                Long.MAX_VALUE,
                new LogSalvage.Visitor() {
                    @Override
                    public void batch(Path file, long offset, MemorySegment body) {
                        found.add(new String(Bytes.array(body), UTF_8));
                    }

                    @Override
                    public void missing(long firstSequence, long lastSequence) {
                        found.add("missing %d to %d".formatted(firstSequence, lastSequence));
                    }

                    @Override
                    public void replaced(Path file, long offset, long sequence) {
                        found.add("replaced %d at %d".formatted(sequence, offset));
                    }
                });
        return found;
    }

    @Test
    void ofBatchesOfOneSequenceTheLastIntactOneIsSavedAndADamagedLaterOneIsTold() {
        long at = write(1, WalDescriptor.FRAMES_AT, 1, "one", true);
        long second = write(1, at, 2, "two", true);
        write(1, second, 3, "three", true);
        at = write(2, WalDescriptor.FRAMES_AT, 2, "two, again", true);
        long third = at;
        at = write(2, at, 3, "three, again", false);
        write(2, at, 4, "four", false);
        write(3, WalDescriptor.FRAMES_AT, 4, "four, again", true);

        assertThat(found(disk, 1, 2, 3))
                .containsExactly(
                        "one", "two, again", "three", "replaced 3 at " + third, "four, again");
    }

    @Test
    void whereEveryBatchOfASequenceIsDamagedItIsMissing() {
        long at = write(1, WalDescriptor.FRAMES_AT, 1, "one", false);
        write(1, at, 2, "two", true);
        write(2, WalDescriptor.FRAMES_AT, 1, "one, again", false);

        assertThat(found(disk, 1, 2)).containsExactly("missing 1 to 1", "two");
    }

    @Test
    void aPageThatCannotBeReadCostsTheBatchesThatReachIntoIt() {
        List<long[]> places = new ArrayList<>();
        long at = WalDescriptor.FRAMES_AT;
        for (long sequence = 1; at + 200 < SEGMENT_BYTES; sequence++) {
            long end = write(1, at, sequence, "batch " + sequence + "-".repeat(60), true);
            places.add(new long[] {at, end});
            at = end;
        }
        for (long pageAt = 0; pageAt < SEGMENT_BYTES; pageAt += WalDescriptor.PAGE_BYTES) {
            long pageEnd = pageAt + WalDescriptor.PAGE_BYTES;
            long from = pageAt;
            long lostCount = places.stream().filter(p -> p[0] < pageEnd && p[1] > from).count();
            List<String> found = found(new WornDisk(disk, path(1), pageAt), 1);

            assertThat(found.stream().filter(line -> line.startsWith("batch")).count())
                    .as("page at %d", pageAt)
                    .isEqualTo(places.size() - lostCount);
        }
    }
}
