package cordwood.bench.crash;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.baseline.ModelProvider;
import cordwood.store.Durability;
import cordwood.store.StoreOptions;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The oracle sees each way in which a store can break its promises. */
final class KillOracleTest {

    private static final int STREAM = 5;

    private final KillPlan plan = new KillPlan(42);
    private final KillOracle oracle = new KillOracle(plan, Durability.WRITTEN);

    private StreamStore store;

    @BeforeEach
    void open(@TempDir Path directory) {
        store = new ModelProvider().open(StoreOptions.in(directory));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void write(Consumer<WriteBatch> filler) {
        try (WriteBatch batch = store.newBatch()) {
            filler.accept(batch);
            store.append(batch, Durability.WRITTEN).await();
        }
    }

    /** Puts 0 to {@code last} as the writing process does, which says so before. */
    private void writeUpTo(long last) {
        promise(Receipt.Kind.PUTS_AHEAD, last);
        write(batch -> {
            for (long position = 0; position <= last; position++) {
                put(batch, position);
            }
            mark(batch, last);
        });
    }

    private void put(WriteBatch batch, long position) {
        batch.put(KillPlan.SPACE, STREAM, position, plan.value(STREAM, position));
    }

    private static void mark(WriteBatch batch, long last) {
        MemorySegment value = MemorySegment.ofArray(new long[] {last});
        batch.attribute(KillPlan.SPACE, STREAM, KillPlan.LAST_POSITION, value);
    }

    private void promise(Receipt.Kind kind, long position) {
        oracle.note(new Receipt(kind, STREAM, position));
    }

    private void assertViolation(String words) {
        assertThat(oracle.verify(store)).singleElement().asString().contains(words);
    }

    /** As the writing process does, which keeps so many records. */
    private void writeAndTrim(long to) {
        writeUpTo(to + KillPlan.KEPT_RECORDS - 1);
        promise(Receipt.Kind.TRIM_AHEAD, to);
        trim(to);
    }

    private void trim(long to) {
        write(batch -> batch.trim(KillPlan.SPACE, STREAM, to));
    }

    @Test
    void keptPromisesAreNoViolation() {
        writeAndTrim(3);
        promise(Receipt.Kind.WRITTEN, KillPlan.KEPT_RECORDS);
        promise(Receipt.Kind.TRIM_WRITTEN, 3);

        assertThat(oracle.verify(store)).isEmpty();
        assertThat(oracle.records()).isEqualTo(KillPlan.KEPT_RECORDS - 1);
        assertThat(oracle.surplusRecords()).isEqualTo(2);
    }

    @Test
    void whatWasOnlyWrittenIsNotPromisedWherePowerIsLost() {
        KillOracle afterPowerLoss = new KillOracle(plan, Durability.DURABLE);
        afterPowerLoss.note(new Receipt(Receipt.Kind.WRITTEN, STREAM, 7));
        afterPowerLoss.note(new Receipt(Receipt.Kind.TRIM_WRITTEN, STREAM, 3));
        assertThat(afterPowerLoss.verify(store)).isEmpty();

        afterPowerLoss.note(new Receipt(Receipt.Kind.DURABLE, STREAM, 7));
        afterPowerLoss.note(new Receipt(Receipt.Kind.TRIM_DURABLE, STREAM, 3));
        assertThat(afterPowerLoss.verify(store)).hasSize(2);
    }

    @Test
    void lostRecordIsSeen() {
        writeUpTo(9);
        promise(Receipt.Kind.DURABLE, 10);

        assertViolation("ends at 9, and 10 was acknowledged");
    }

    @Test
    void whatWasFoundOnceMustNotVanish() {
        writeUpTo(9);
        assertThat(oracle.verify(store)).isEmpty();
        close();
        open(Path.of("elsewhere"));

        assertThat(oracle.verify(store)).anyMatch(words -> words.contains("ends at -1"));
    }

    @Test
    void recordThatNobodyPutIsSeen() {
        writeUpTo(9);
        write(batch -> {
            put(batch, 10);
            mark(batch, 10);
        });

        assertViolation("ends at 10, and nothing above 9 was put");
    }

    @Test
    void lostTrimIsSeen() {
        writeUpTo(9);
        promise(Receipt.Kind.TRIM_AHEAD, 3);
        promise(Receipt.Kind.TRIM_DURABLE, 3);

        assertViolation("trimmed to -1, and 3 was acknowledged");
    }

    @Test
    void trimThatWentTooFarIsSeen() {
        writeUpTo(2 * KillPlan.KEPT_RECORDS);
        promise(Receipt.Kind.TRIM_AHEAD, 3);
        trim(503);

        assertViolation("trimmed to 503, and nothing above 3 was to be trimmed");
    }

    @Test
    void trimThatOvertookItsBatchIsSeen() {
        writeUpTo(KillPlan.KEPT_RECORDS);
        promise(Receipt.Kind.TRIM_AHEAD, 3);
        trim(3);

        assertViolation("the trim overtook its batch");
    }

    @Test
    void holeIsSeen() {
        promise(Receipt.Kind.PUTS_AHEAD, 2);
        write(batch -> {
            put(batch, 0);
            put(batch, 2);
            mark(batch, 2);
        });

        assertThat(oracle.verify(store)).first().asString().contains("position 2 where 1");
    }

    @Test
    void otherBytesAreSeen() {
        writeUpTo(2);
        MemorySegment other = MemorySegment.ofArray(new byte[3]);
        write(batch -> batch.put(KillPlan.SPACE, STREAM, 1, other));

        assertThat(oracle.verify(store)).first().asString().contains("other bytes at 1");
    }

    @Test
    void tornBatchIsSeen() {
        writeUpTo(2);
        promise(Receipt.Kind.PUTS_AHEAD, 3);
        write(batch -> put(batch, 3));

        assertViolation("attribute says 2: a batch was torn");
    }

    @Test
    void receiptCutShortByTheKillIsDropped() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        Receipt whole = new Receipt(Receipt.Kind.DURABLE, 3, -9);
        whole.write(out);
        whole.write(out);
        byte[] cut = Arrays.copyOf(bytes.toByteArray(), bytes.size() - 1);
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(cut));

        assertThat(List.of(String.valueOf(Receipt.read(in)), String.valueOf(Receipt.read(in))))
                .containsExactly(whole.toString(), "null");
    }
}
