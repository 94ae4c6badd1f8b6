package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.testkit.ChildJvm;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.disk.TinyMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * R7: on a disk that is full, puts are refused, reads and trims go on, and so do puts once there is
 * room again, without opening the store anew.
 */
@Tag("trial")
@ExtendWith(SeedExtension.class)
final class FullDiskTest {

    private static final int LIVES = Boolean.getBoolean("cordwood.long") ? 64 : 1;
    private static final int LARGE_LIVES = Boolean.getBoolean("cordwood.long") ? 8 : 1;
    private static final long BYTES_MIN = 40L << 20;
    private static final int SPREAD_BYTES = 24 << 20;
    private static final long LOG_BYTES = 16 << 20;
    private static final long LARGE_BYTES = 110 << 20;

    @TempDir private Path root;

    @Test
    void putsAreRefusedAndReadsAndTrimsGoOn(Seed seed) throws IOException, InterruptedException {
        TinyMount.assumePossible(root);
        for (int i = 0; i < LIVES; i++) {
            Seed life = seed.child(i);
            live(life, BYTES_MIN + life.random().split().nextInt(SPREAD_BYTES), List.of());
        }
    }

    @Test
    void soItIsWhereTheLogAloneIsOnThatDisk(Seed seed) throws IOException, InterruptedException {
        TinyMount.assumePossible(root);
        Path store = Files.createDirectory(root.resolve("elsewhere"));
        live(seed, LOG_BYTES, List.of(store.toString()));
    }

    @Test
    void putsGoOnWhoeverFlushesMeanwhile(Seed seed) throws IOException, InterruptedException {
        TinyMount.assumePossible(root);
        live(FlushesOnFullDiskProcess.class, seed, BYTES_MIN + SPREAD_BYTES, List.of());
    }

    @Test
    void soItIsWithMoreMemoryThanDisk(Seed seed) throws IOException, InterruptedException {
        TinyMount.assumePossible(root);
        for (int i = 0; i < LARGE_LIVES; i++) {
            live(LargeBudgetProcess.class, seed.child(i), LARGE_BYTES, List.of());
        }
    }

    private void live(Seed life, long bytes, List<String> more)
            throws IOException, InterruptedException {
        live(FullDiskProcess.class, life, bytes, more);
    }

    private void live(Class<?> process, Seed life, long bytes, List<String> more)
            throws IOException, InterruptedException {
        Path mountPoint = Files.createDirectory(root.resolve("disk" + life.value()));
        List<String> arguments = new ArrayList<>();
        arguments.add(mountPoint.toString());
        arguments.add(String.valueOf(life.value()));
        arguments.addAll(more);
        try (ChildJvm child =
                ChildJvm.start(
                        TinyMount.of(bytes, mountPoint),
                        List.of(
                                "-Xmx64m",
                                "-Dcordwood.long=" + Boolean.getBoolean("cordwood.long"),
                                "--enable-native-access=ALL-UNNAMED"),
                        process,
                        arguments)) {
            String told = child.line();
            String name = life + ", disk of " + bytes + ": " + child.complaints();
            assertThat(child.awaitExit(Duration.ofMinutes(5))).as(name).isZero();
            assertThat(told).as(name).endsWith("when others made room");
            System.out.println(bytes + " bytes: " + told);
        }
    }
}
