package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.store.LocalStore;
import cordwood.store.Order;
import cordwood.testkit.ChildJvm;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** R5: a process that is killed at any moment leaves a store that is opened and is whole. */
@Tag("trial")
@ExtendWith(SeedExtension.class)
class KillTest {

    private static final int KILLS = Boolean.getBoolean("cordwood.long") ? 200 : 2;
    private static final int MAKING_NANOS_MAX = 900_000_000;
    private static final List<String> JVM_OPTIONS =
            List.of(
                    "-Xmx128m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED");

    @TempDir private Path root;

    @Test
    void whatWasAcknowledgedSurvivesBeingKilledAgainAndAgain(Seed seed) {
        SplittableRandom random = seed.random();
        long acknowledged = -1;
        for (int kill = 0; kill < KILLS; kill++) {
            int receipts = random.nextInt(300);
            try (ChildJvm child = child("store", random)) {
                String line = child.line();
                assertThat(line).as(child.complaints()).isEqualTo(KilledProcess.OPENED);
                for (int i = 0; i < receipts; i++) {
                    acknowledged = Long.parseLong(child.line());
                }
                child.kill();
                for (line = child.line(); line != null; line = child.line()) {
                    acknowledged = Math.max(acknowledged, position(line));
                }
            }
            acknowledged = requireWhole("store", acknowledged, "kill " + kill + " of " + seed);
        }
    }

    private static long position(String line) {
        return line.equals(KilledProcess.OPENED) ? -1 : Long.parseLong(line);
    }

    @Test
    void processThatIsKilledWhileMakingOrOpeningAStoreLeavesOneThatOpens(Seed seed)
            throws InterruptedException {
        SplittableRandom random = seed.random();
        long acknowledged = -1;
        for (int kill = 0; kill < KILLS; kill++) {
            String name = "store" + kill / 2; // made, and opened again
            acknowledged = kill % 2 == 0 ? -1 : acknowledged;
            try (ChildJvm child = child(name, random)) {
                Thread.sleep(random.nextInt(MAKING_NANOS_MAX) / 1_000_000);
                child.kill();
                for (String line = child.line(); line != null; line = child.line()) {
                    acknowledged = Math.max(acknowledged, position(line));
                }
            }
            if (kill % 2 == 1) {
                acknowledged = requireWhole(name, acknowledged, "kill " + kill + " of " + seed);
            }
        }
    }

    private ChildJvm child(String name, SplittableRandom random) {
        return ChildJvm.start(
                JVM_OPTIONS,
                KilledProcess.class,
                List.of(
                        root.resolve(name).toString(),
                        root.resolve(name + "-log").toString(),
                        String.valueOf(random.nextLong())));
    }

    private long requireWhole(String name, long acknowledged, String what) {
        String log = root.resolve(name + "-log").toString();
        try (LocalStore store = Fixtures.open(root.resolve(name), "wal-dir", log)) {
            List<Long> positions = Fixtures.positions(store, 1, Order.FORWARD);
            assertThat(positions.size()).as(what).isGreaterThanOrEqualTo((int) acknowledged + 1);
            assertThat(positions)
                    .as(what)
                    .isEqualTo(LongStream.range(0, positions.size()).boxed().toList());
            return positions.size() - 1L;
        }
    }
}
