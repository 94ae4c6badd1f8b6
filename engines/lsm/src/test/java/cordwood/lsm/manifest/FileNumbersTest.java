package cordwood.lsm.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.testkit.disk.CrashingDisk;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class FileNumbersTest {

    @Test
    void aNumberIsSkippedUnlessNobodyCanHaveGivenItOut() {
        CrashingDisk disk = new CrashingDisk(1);
        Path directory = Path.of("/disk/store").toAbsolutePath();
        disk.createDirectories(directory);
        try (Memory memory = Memory.open(MemoryOptions.ofBudget(32 << 20));
                Manifest manifest =
                        Manifest.create(
                                disk,
                                directory,
                                memory.chunks(),
                                memory.budget().account("test"))) {
            manifest.skipNumber(0x3FFF_FFFF_FFFF_FFFFL);
            assertThat(manifest.nextNumber()).isEqualTo(1);
            manifest.skipNumber(1_000);
            assertThat(manifest.nextNumber()).isEqualTo(1_001);
            manifest.skipNumber(5);
            assertThat(manifest.nextNumber()).isEqualTo(1_002);
        }
    }
}
