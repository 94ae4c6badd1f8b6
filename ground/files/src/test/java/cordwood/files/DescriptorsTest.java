package cordwood.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that has as many files open as it may. */
@Timeout(60)
final class DescriptorsTest {

    private static final List<String> LIMITED =
            List.of("sh", "-c", "ulimit -n 64; exec \"$0\" \"$@\"");

    @Test
    void openingOneMoreIsRefusedAndServiceResumes(@TempDir Path directory) throws Exception {
        try (ChildJvm child =
                ChildJvm.start(LIMITED, DescriptorsProbe.class, directory.toString())) {
            assertThat(child.line()).isEqualTo("missing: MISSING");
            assertThat(child.line()).isEqualTo("open: TOO_MANY_OPEN");
            assertThat(child.line()).isEqualTo("create: TOO_MANY_OPEN");
            assertThat(child.line()).isEqualTo("sync directory: TOO_MANY_OPEN");
            assertThat(child.line()).isEqualTo("service resumes: done");
            assertThat(child.line()).isEqualTo("left behind: false");
            assertThat(child.line()).isEmpty();
        }
    }
}
