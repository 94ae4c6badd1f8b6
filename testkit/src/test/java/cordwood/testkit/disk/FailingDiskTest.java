package cordwood.testkit.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FailingDiskTest {

    private static final Path DIRECTORY = Path.of("/disk");
    private static final Path FILE = DIRECTORY.resolve("a");

    private final CrashingDisk under = new CrashingDisk(1);

    private static void workload(Disk disk) {
        disk.createDirectories(DIRECTORY);
        try (DiskFile file = disk.create(FILE)) {
            file.write(0, ByteBuffer.allocate(8));
            file.sync();
        }
        disk.syncDirectory(DIRECTORY);
    }

    @Test
    void sweepFailsEveryCallOnceAndThenNone() {
        List<String> failures = new ArrayList<>();
        for (int n = 1; ; n++) {
            FailingDisk disk =
                    new FailingDisk(new CrashingDisk(1), Fault.once(Fault.Kind.IO_ERROR, n));
            FileFailure failure = catchThrowableOfType(FileFailure.class, () -> workload(disk));
            if (!disk.hasFailed()) {
                assertThat(failure).isNull();
                break;
            }
            failures.add(failure.operation());
        }
        assertThat(failures)
                .containsExactly("create directories", "create", "write", "sync", "sync directory");
    }

    @Test
    void stickyFaultFailsEveryLaterCallUntilDisarmed() {
        under.createDirectories(DIRECTORY);
        FailingDisk disk = new FailingDisk(under, Fault.from(Fault.Kind.NO_SPACE, 2));
        DiskFile file = disk.create(FILE);

        for (int i = 0; i < 3; i++) {
            FileFailure failure =
                    catchThrowableOfType(
                            FileFailure.class, () -> file.write(0, ByteBuffer.allocate(8)));
            assertThat(failure.kind()).isEqualTo(FileFailure.Kind.NO_SPACE);
        }
        assertThat(file.sizeBytes()).isZero();
        disk.disarm();
        file.write(0, ByteBuffer.allocate(8));
        assertThat(file.sizeBytes()).isEqualTo(8);
    }

    @Test
    void shortWriteLeavesTheFirstHalf() {
        under.createDirectories(DIRECTORY);
        FailingDisk disk = new FailingDisk(under, Fault.once(Fault.Kind.SHORT_WRITE, 1));
        DiskFile file = disk.create(FILE);

        assertThatThrownBy(() -> file.write(0, ByteBuffer.allocate(8)))
                .isInstanceOf(FileFailure.class);
        assertThat(file.sizeBytes()).isEqualTo(4);
    }

    @Test
    void interruptClosesTheFile() {
        under.createDirectories(DIRECTORY);
        FailingDisk disk = new FailingDisk(under, Fault.once(Fault.Kind.INTERRUPT, 1));
        DiskFile file = disk.create(FILE);

        for (int i = 0; i < 2; i++) {
            FileFailure failure = catchThrowableOfType(FileFailure.class, file::sync);
            assertThat(failure.kind()).isEqualTo(FileFailure.Kind.CLOSED);
        }
        assertThat(under.openFiles()).isEmpty();
    }

    @Test
    void closeErrorClosesTheFileAllTheSame() {
        under.createDirectories(DIRECTORY);
        FailingDisk disk = new FailingDisk(under, Fault.once(Fault.Kind.CLOSE_ERROR, 1));
        DiskFile file = disk.create(FILE);

        assertThatThrownBy(file::close).isInstanceOf(FileFailure.class);
        assertThat(under.openFiles()).isEmpty();
    }

    @Test
    void filterCountsOnlyWhatItAccepts() {
        under.createDirectories(DIRECTORY);
        FailingDisk disk =
                new FailingDisk(
                        under,
                        Fault.once(Fault.Kind.IO_ERROR, 1)
                                .only(call -> call.operation() == DiskOperation.SYNC_DIRECTORY));

        assertThatThrownBy(() -> workload(disk)).hasMessageContaining("sync directory");
        assertThat(disk.calls()).isEqualTo(1);
    }

    @Test
    void recordingKeepsTheChangingCallsInOrder() {
        List<String> seen = new ArrayList<>();
        RecordingDisk disk =
                new RecordingDisk(under, entry -> seen.add(entry.call().operation().name()));
        workload(disk);
        assertThatThrownBy(() -> disk.create(FILE)).isInstanceOf(FileFailure.class);

        assertThat(disk.trace().toString())
                .isEqualTo(
                        "[create_directories disk, create a, write a @0+8, sync a,"
                                + " sync_directory disk, create a failed]");
        assertThat(seen).hasSize(6);
    }
}
