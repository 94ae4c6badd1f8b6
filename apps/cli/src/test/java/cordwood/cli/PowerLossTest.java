package cordwood.cli;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.bench.crash.KillOracle;
import cordwood.bench.crash.KillWriter;
import cordwood.lsm.LsmEnvironment;
import cordwood.lsm.LsmStore;
import cordwood.store.Durability;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.store.StreamStore;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.mutant.Mutant;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * R28: what the crash bench writes, on a disk that loses what was not synced, and most of what was
 * not. A kill of a process cannot show that.
 */
@Tag("trial")
@ExtendWith(SeedExtension.class)
public final class PowerLossTest {

    private static final int LOSSES = Boolean.getBoolean("cordwood.long") ? 200 : 5;
    private static final int LOSSES_MAX = 5;
    private static final int CALLS_MAX = 2_000;

    /** For JUnit. */
    public PowerLossTest() {}

    /** On the disk that there is in the end. */
    private static List<String> violations(long seed, int losses) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        KillOracle oracle = new KillOracle(seed, Durability.DURABLE);
        CrashingDisk disk = new CrashingDisk(seed);
        List<String> violations = new ArrayList<>();
        for (int i = 0; i < losses && violations.isEmpty(); i++) {
            ByteArrayOutputStream told = new ByteArrayOutputStream();
            write(disk, seed, random, told);
            oracle.read(new ByteArrayInputStream(told.toByteArray()));
            disk = disk.crash(random.nextLong(), random.nextInt(100));
            try (StreamStore store = open(disk)) {
                violations.addAll(oracle.verify(store));
            } catch (StoreException e) {
                violations.add("not opened: " + e.getMessage());
            }
        }
        System.out.printf("%,d records compared, %s%n", oracle.records(), violations);
        return violations;
    }

    private static void write(
            CrashingDisk disk, long seed, SplittableRandom random, ByteArrayOutputStream told)
            throws IOException, InterruptedException {
        try (StreamStore store = open(disk)) {
            disk.losePowerAt(1 + random.nextInt(CALLS_MAX));
            KillWriter.run(store, seed, random.nextLong(), told);
        } catch (StoreException _) {
            // that is how it ends
        }
    }

    private static StreamStore open(CrashingDisk disk) {
        StoreOptions options =
                new StoreOptions(
                        Path.of("/disk/store").toAbsolutePath(),
                        StoreOptions.MEMORY_BUDGET_BYTES_MIN,
                        Map.of("wal-segment-size", "256KiB", "memtable-size", "256KiB"));
        return LsmStore.open(options, LsmEnvironment.on(disk));
    }

    @Test
    void whatIsDurableSurvivesALossOfPower(Seed seed) throws Exception {
        assertThat(violations(seed.value(), LOSSES)).isEmpty();
    }

    /** Also run with a change, by {@link #filesThatAreNotSyncedAreFound}. */
    @Test
    public void nothingIsLostWithin() throws Exception {
        assertThat(violations(1, LOSSES_MAX)).isEmpty();
    }

    @Test
    void filesThatAreNotSyncedAreFound() {
        assertThat(new Mutant(UnsyncedFiles.class).run(PowerLossTest.class, "nothingIsLostWithin"))
                .isNotEmpty();
    }
}
