package cordwood.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadFloorTest {

    @TempDir Path directory;

    @Test
    void floorIsMeasuredBehindADroppedCacheAndItsFileGone() throws Exception {
        Path control = Files.createFile(directory.resolve("drop_caches"));
        ReadFloor floor = ReadFloor.measure(directory, TestCaches.droppedBy(control));
        assertThat(floor.readMbPerSecond()).isPositive();
        assertThat(floor.readMicros()).isPositive();
        assertThat(control).hasContent("3");
        assertThat(directory.toFile().list()).containsExactly("drop_caches");
    }
}
