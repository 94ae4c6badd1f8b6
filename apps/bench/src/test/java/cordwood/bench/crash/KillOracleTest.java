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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        promise(Receipt.Kind.TRIMMED, 3);

        assertThat(oracle.verify(store)).isEmpty();
        assertThat(oracle.records()).isEqualTo(KillPlan.KEPT_RECORDS - 1);
        assertThat(oracle.surplusRecords()).isEqualTo(2);
    }

    @Test
    void whatWasOnlyWrittenIsNotPromisedWherePowerIsLost() {
        assertThat(afterPowerLoss(new Receipt(Receipt.Kind.WRITTEN, STREAM, 7, 1))).isEmpty();
        assertThat(afterPowerLoss(new Receipt(Receipt.Kind.DURABLE, STREAM, 7, 1))).hasSize(1);
    }

    @Test
    void trimIsPromisedAtAnyLevelWherePowerIsLost() {
        assertThat(afterPowerLoss(new Receipt(Receipt.Kind.TRIMMED, STREAM, 3, 1)))
                .singleElement()
                .asString()
                .contains("trimmed to -1, and 3 was acknowledged");
    }

    @Test
    void whatWasWrittenBeforeADurableCommitIsPromisedWherePowerIsLost() {
        Receipt earlier = new Receipt(Receipt.Kind.WRITTEN, STREAM, 7, 1);
        Receipt durable = new Receipt(Receipt.Kind.DURABLE, 2, -1, 2);
        Receipt later = new Receipt(Receipt.Kind.WRITTEN, 4, 7, 3);
        for (List<Receipt> order :
                List.of(List.of(earlier, durable, later), List.of(later, durable, earlier))) {
            assertThat(afterPowerLoss(order.toArray(Receipt[]::new)))
                    .singleElement()
                    .asString()
                    .contains("stream 5 ends at -1, and 7 was acknowledged");
        }
    }

    @Test
    void sequenceOfAnotherProcessPromisesNothing() {
        assertThat(
                        afterPowerLoss(
                                new Receipt(Receipt.Kind.WRITTEN, STREAM, 7, 1),
                                Receipt.READY,
                                new Receipt(Receipt.Kind.DURABLE, 2, -1, 2),
                                Receipt.READY,
                                new Receipt(Receipt.Kind.WRITTEN, STREAM, 7, 1)))
                .isEmpty();
    }

    private List<String> afterPowerLoss(Receipt... receipts) {
        KillOracle afterPowerLoss = new KillOracle(plan, Durability.DURABLE);
        List.of(receipts).forEach(afterPowerLoss::note);
        return afterPowerLoss.verify(store);
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
        promise(Receipt.Kind.TRIMMED, 3);

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

    @ParameterizedTest
    @ValueSource(longs = {-3, KillPlan.STREAMS, Long.MAX_VALUE})
    void streamThatNobodyWroteIsSeen(long stream) {
        write(batch -> batch.put(KillPlan.SPACE, stream, 0, plan.value(stream, 0)));

        assertViolation("stream %d is listed, and nobody wrote it".formatted(stream));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, WriteBatch.ATTRIBUTE_ID_MAX})
    void attributeThatNobodyWroteIsSeen(int id) {
        writeUpTo(2);
        MemorySegment value = MemorySegment.ofArray(new long[1]);
        write(batch -> batch.attribute(KillPlan.SPACE, STREAM, id, value));

        assertViolation("has attribute %d, which nobody wrote".formatted(id));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 9})
    void damagedAttributeIsSeen(int bytes) {
        writeUpTo(2);
        MemorySegment value = MemorySegment.ofArray(new byte[bytes]);
        write(batch -> batch.attribute(KillPlan.SPACE, STREAM, KillPlan.LAST_POSITION, value));

        assertViolation("has an attribute of %d bytes where 8 were written".formatted(bytes));
    }

    @Test
    void receiptCutShortByTheKillIsDropped() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        Receipt whole = new Receipt(Receipt.Kind.DURABLE, 3, -9, 12);
        whole.write(out);
        whole.write(out);
        byte[] cut = Arrays.copyOf(bytes.toByteArray(), bytes.size() - 1);
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(cut));

        assertThat(List.of(String.valueOf(Receipt.read(in)), String.valueOf(Receipt.read(in))))
                .containsExactly(whole.toString(), "null");
    }
}
