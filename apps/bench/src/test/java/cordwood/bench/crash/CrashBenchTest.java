package cordwood.bench.crash;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.baseline.ModelProvider;
import cordwood.bench.BenchException;
import cordwood.store.Durability;
import cordwood.store.StoreOptions;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cycle, with a shell script as the process that is killed and a store that forgets. */
final class CrashBenchTest {

    /** Lives on with its end of the pipe closed. */
    private static final String NO_MORE_RECEIPTS = "exec sleep 60 >&-";

    @TempDir Path directory;

    private final List<String> progress = new ArrayList<>();

    private CrashReport run(String script, Receipt... receipts) throws IOException {
        return run(Aftermath.NONE, script, receipts);
    }

    private CrashReport run(Aftermath aftermath, String script, Receipt... receipts)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        for (Receipt receipt : receipts) {
            receipt.write(out);
        }
        Path file = directory.resolve("receipts");
        Files.write(file, bytes.toByteArray());
        List<String> command = List.of("sh", "-c", "cat " + file + "; " + script);
        return new CrashBench(
                        new ModelProvider(),
                        StoreOptions.in(directory.resolve("store")),
                        _ -> command,
                        aftermath,
                        7,
                        () -> false,
                        progress::add)
                .run(1);
    }

    @Test
    void acknowledgedRecordThatIsGoneIsAViolation() throws IOException {
        CrashReport report =
                run(NO_MORE_RECEIPTS, Receipt.READY, new Receipt(Receipt.Kind.DURABLE, 3, 7));

        assertThat(report.violations())
                .containsExactly("stream 3 ends at -1, and 7 was acknowledged");
        assertThat(report.durable()).isEqualTo(1);
        assertThat(progress).singleElement().asString().contains("acknowledged", "stream 3");
    }

    @Test
    void writerThatEndsByItselfIsAViolationWithItsLastWords() throws IOException {
        CrashReport report = run("echo no room >&2; exit 1", Receipt.READY);

        assertThat(report.violations()).first().asString().contains("ended by itself", "no room");
    }

    @Test
    void somethingElseAmongTheReceiptsIsAViolation() throws IOException {
        CrashReport report =
                run(
                        "echo a line of somebody else, long enough; " + NO_MORE_RECEIPTS,
                        Receipt.READY);

        assertThat(report.violations()).first().asString().contains("something else than receipts");
    }

    @Test
    void writerThatNeverOpensIsAViolation() throws IOException {
        CrashReport report = run("echo it is locked >&2");

        assertThat(report.violations()).first().asString().contains("did not open", "it is locked");
    }

    @Test
    void cyclesWithoutReceiptsAreVoidAndEndInAComplaint() throws IOException {
        CrashReport report = run(NO_MORE_RECEIPTS, Receipt.READY);

        assertThat(report.failure()).contains("before 200 writes were acknowledged");
        assertThat(report.voidCycles()).isEqualTo(11);
    }

    @Test
    void whatWasSeenBeforeAnAftermathThatFailsIsReported() throws IOException {
        Aftermath failing =
                new Aftermath() {
                    private int calls;

                    @Override
                    public Durability survivor() {
                        return Durability.DURABLE;
                    }

                    @Override
                    public void come() {
                        if (++calls > 1) {
                            throw BenchException.failed("no copy");
                        }
                    }
                };
        CrashReport report =
                run(
                        failing,
                        NO_MORE_RECEIPTS,
                        Receipt.READY,
                        new Receipt(Receipt.Kind.WRITTEN, 3, 7, 1));

        assertThat(report.failure()).isEqualTo("no copy");
        assertThat(report.written()).isPositive();
        assertThat(report.violations()).isEmpty();
    }
}
