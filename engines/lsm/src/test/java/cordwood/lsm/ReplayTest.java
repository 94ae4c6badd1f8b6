package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.lsm.ReplayProcess.Outcome;
import cordwood.store.Order;
import cordwood.store.StoreOptions;
import cordwood.testkit.ChildJvm;
import cordwood.testkit.StoreUnderTest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** R19: a long log is read back in a small heap, within the budget, and fast. */
@EnabledOnOs(OS.LINUX)
final class ReplayTest {

    private static final long MIB = 1 << 20;
    private static final long LOG_BYTES = (FaultOpener.LONG ? 512 : 48) * MIB;
    private static final long HEAP_BYTES = 64 * MIB;

    /** What a process may have besides heap and budget, the JVM's own included. */
    private static final long BESIDES_BYTES = 56 * MIB;

    /** What the optimizing compiler takes for itself differs by 20 MB from run to run. */
    private static final String WITHOUT_C2 = "-XX:TieredStopAtLevel=1";

    /** A short log is read while the JVM still warms up, and perhaps beside other tests. */
    private static final double BYTES_PER_SECOND_MIN = FaultOpener.LONG ? 150e6 : 30e6;

    private static final long RECORDS_PER_STREAM =
            LOG_BYTES / ReplayProcess.RECORD_BYTES / ReplayProcess.STREAMS / 10 * 10;
    private static final long BATCHES =
            RECORDS_PER_STREAM * ReplayProcess.STREAMS / ReplayProcess.RECORDS_PER_BATCH;

    /** What is said of every store that was not closed, and who says it. */
    private static final Pattern NOT_CLOSED =
            Pattern.compile("cordwood\\.lsm\\.LsmStore open|synced bytes may be missing");

    @TempDir private Path root;

    private String child(long heapBytes, Path directory, long amount, String... more) {
        List<String> options = new ArrayList<>(List.of(more));
        options.addAll(List.of("-Xmx" + heapBytes, "--illegal-native-access=deny"));
        List<String> arguments = List.of(directory.toString(), String.valueOf(amount));
        try (ChildJvm child = ChildJvm.start(options, ReplayProcess.class, arguments)) {
            String line = child.line();
            assertThat(child.awaitExit(Duration.ofMinutes(8))).as(child.complaints()).isZero();
            assertThat(child.complaints().lines())
                    .allMatch(said -> NOT_CLOSED.matcher(said).find());
            return Objects.requireNonNullElse(line, "");
        }
    }

    private Outcome replayed(long budgetBytes, String... more) throws IOException {
        Path directory = root.resolve("store");
        child(256 * MIB, directory, BATCHES);
        warm(directory);
        return Outcome.parse(child(HEAP_BYTES, directory, -budgetBytes, more));
    }

    private static void warm(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.copy(file, OutputStream.nullOutputStream());
            }
        }
    }

    @Test
    void aLongLogIsReadBackInASmallHeap() throws IOException {
        Outcome outcome = replayed(StoreOptions.MEMORY_BUDGET_BYTES_DEFAULT);

        double bytesPerSecond = outcome.logBytes() * 1e3 / Math.max(1, outcome.millis());
        System.out.printf(
                "replay: %,d bytes in %,d ms, %.0f MB/s, peak %,d bytes%n",
                outcome.logBytes(), outcome.millis(), bytesPerSecond / 1e6, outcome.peakBytes());
        assertThat(outcome.batches()).isEqualTo(BATCHES);
        assertThat(outcome.steps()).isGreaterThan((int) (LOG_BYTES >> 25));
        if (Boolean.getBoolean("cordwood.long")) { // How fast is a matter of other work, too.
            assertThat(bytesPerSecond).isGreaterThan(BYTES_PER_SECOND_MIN);
        }
        requireAllThere(root.resolve("store"));
    }

    @Test
    void aLogThatIsLongerThanTheBudgetIsReadBackWithinIt() throws IOException {
        long budgetBytes = StoreOptions.MEMORY_BUDGET_BYTES_MIN;

        Outcome outcome = replayed(budgetBytes, WITHOUT_C2);

        System.out.printf(
                "replay in %,d bytes: %,d ms, peak %,d bytes%n",
                budgetBytes, outcome.millis(), outcome.peakBytes());
        assertThat(outcome.batches()).isEqualTo(BATCHES);
        assertThat(outcome.peakBytes()).isLessThan(budgetBytes + HEAP_BYTES + BESIDES_BYTES);
        requireAllThere(root.resolve("store"));
    }

    private static void requireAllThere(Path directory) {
        try (StoreUnderTest store =
                new StoreUnderTest(
                        () -> LsmStore.open(StoreOptions.in(directory), LsmEnvironment.system()))) {
            for (int stream : new int[] {0, ReplayProcess.STREAMS / 2}) {
                long count = 0;
                try (var cursor =
                        store.store()
                                .read(
                                        ReplayProcess.SPACE,
                                        stream,
                                        Long.MIN_VALUE,
                                        Long.MAX_VALUE,
                                        Order.FORWARD)) {
                    while (cursor.next()) {
                        assertThat(cursor.position()).isEqualTo(count++);
                    }
                }
                assertThat(count).isEqualTo(RECORDS_PER_STREAM);
            }
        }
    }
}
