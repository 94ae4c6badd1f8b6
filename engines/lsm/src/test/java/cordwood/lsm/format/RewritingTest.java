package cordwood.lsm.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.SyncFault;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A file of which a sync failed, on a system that goes on showing what it could not write. */
final class RewritingTest {

    private static final Path PATH = Path.of("/disk/file").toAbsolutePath();
    private static final byte[] CONTENT = new byte[3 * 4096 + 17];

    private final CrashingDisk disk = new CrashingDisk(1);

    @BeforeEach
    void writeAndFailToSync() {
        Arrays.fill(CONTENT, (byte) 7);
        disk.createDirectories(PATH.getParent());
        try (DiskFile file = disk.create(PATH)) {
            disk.syncDirectory(PATH.getParent());
            file.preallocate(CONTENT.length);
            file.sync();
            disk.failSync(new SyncFault(disk.syncs() + 1, SyncFault.Personality.PAGES_KEPT, 100));
            file.write(0, ByteBuffer.wrap(CONTENT));
            assertThatThrownBy(file::sync).isInstanceOf(FileFailure.class);
        }
    }

    private static byte[] content(CrashingDisk of) {
        try (DiskFile file = of.openReadOnly(PATH)) {
            ByteBuffer found = ByteBuffer.allocate(CONTENT.length);
            file.read(0, found);
            return found.array();
        }
    }

    @Test
    void aSecondSyncAloneProvesNothing() {
        try (DiskFile file = disk.open(PATH)) {
            file.sync();
        }
        assertThat(content(disk)).isEqualTo(CONTENT);
        assertThat(content(disk.crash(1, 0))).isNotEqualTo(CONTENT);
    }

    @Test
    void whatWasRewrittenSurvivesAPowerLoss() {
        try (DiskFile file = disk.open(PATH)) {
            Rewriting.ofBytes(file, 0, CONTENT.length, MemorySegment.ofArray(new byte[5_000]));
        }
        assertThat(content(disk.crash(1, 0))).isEqualTo(CONTENT);
    }
}
