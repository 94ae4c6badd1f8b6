package cordwood.lsm.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stretches, and the page that describes them. */
final class StretchFormatTest {

    private final FormatPage page = FormatPage.read("stretch");

    @Test
    void pageAndCodeAgree() {
        assertThat(page.fields("Head")).isEqualTo(Stretch.LAYOUT.fields());
        assertThat(page.limits())
                .isEqualTo(
                        Map.of(
                                "HEAD_BYTES", (long) Stretch.HEAD_BYTES,
                                "RECORDS_MAX", (long) Stretch.RECORDS_MAX,
                                "PAYLOAD_BYTES_MAX", (long) Stretch.PAYLOAD_BYTES_MAX,
                                "TRIM_POINT_ID", (long) Stretch.TRIM_POINT_ID));
        assertThat(page.lineCount()).isLessThanOrEqualTo(120);
    }

    @Test
    void theExampleReadsAsThePageSays() {
        MemorySegment example = MemorySegment.ofArray(page.example());
        assertThat(Stretch.tag(example, 0))
                .isEqualTo(new StreamKey(RecordKind.RECORDS, 7, 5).tag());
        assertThat(Stretch.stream(example, 0)).isEqualTo(5);
        assertThat(Stretch.last(example, 0)).isEqualTo(12);
        StretchRecords records = load(example);
        assertThat(records.count()).isEqualTo(2);
        assertThat(records.position(0)).isEqualTo(10);
        assertThat(text(records, 0)).isEqualTo("hi");
        assertThat(records.position(1)).isEqualTo(12);
        assertThat(text(records, 1)).isEqualTo("!");
    }

    @Test
    void recordsAreFoundFromBothSides() {
        StretchRecords records = load(MemorySegment.ofArray(page.example()));
        assertThat(records.ceiling(Long.MIN_VALUE)).isZero();
        assertThat(records.ceiling(11)).isEqualTo(1);
        assertThat(records.ceiling(13)).isEqualTo(2);
        assertThat(records.floor(9)).isEqualTo(-1);
        assertThat(records.floor(11)).isZero();
        assertThat(records.floor(Long.MAX_VALUE)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 36})
    void aLengthThatIsNotTheRecordsIsRefused(int lengthAt) {
        byte[] damaged = page.example();
        damaged[lengthAt]++;
        MemorySegment segment = MemorySegment.ofArray(damaged);
        assertThatThrownBy(() -> load(segment)).isInstanceOf(RuntimeException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 127, 128, 16_383, 16_384, Integer.MAX_VALUE, Long.MAX_VALUE, -1})
    void numbersOfEveryLengthReadBack(long value) {
        byte[] bytes = new byte[Varint.BYTES_MAX + 2];
        int end = Varint.put(bytes, 0, value);
        assertThat(end).isEqualTo(Varint.bytes(value));
        MemorySegment target = MemorySegment.ofArray(new byte[bytes.length]);
        assertThat(Varint.put(target, 0, value)).isEqualTo(end);
        assertThat(target.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 127, 128, Long.MAX_VALUE, -1})
    void aDeltaOfEveryLengthReadsBack(long delta) {
        byte[] bytes = new byte[20];
        int end = Varint.put(bytes, 0, 0); // a first record without bytes
        end = Varint.put(bytes, end, delta);
        end = Varint.put(bytes, end, 0);
        StretchRecords records = new StretchRecords();
        records.load(MemorySegment.ofArray(bytes), 0, end, 2, Long.MIN_VALUE);
        assertThat(records.position(1)).isEqualTo(Long.MIN_VALUE + delta);
    }

    @Test
    void aRowOfStretchesIsToldFromWhatIsNone() {
        byte[] example = page.example();
        byte[] row = new byte[3 * example.length];
        for (int i = 0; i < 3; i++) {
            System.arraycopy(example, 0, row, i * example.length, example.length);
        }
        assertThat(isRow(row, row.length)).isTrue();
        assertThat(isRow(row, 0)).isTrue();
        assertThat(isRow(row, row.length - 1)).isFalse();
        assertThat(isRow(row, 2 * example.length + Stretch.HEAD_BYTES)).isFalse();
        Set<String> neverZero = Set.of("kind", "space", "count", "payload_bytes");
        for (Layout.Field field : Stretch.LAYOUT.fields()) {
            byte[] damaged = row.clone();
            int at = 2 * example.length + field.offsetBytes();
            Arrays.fill(damaged, at, at + field.widthBytes(), (byte) 0);
            if (neverZero.contains(field.name())) {
                assertThat(isRow(damaged, damaged.length)).as(field.name()).isFalse();
            }
        }
        row[Stretch.LAYOUT.offset("last_position")] = 0; // below the first, 10
        assertThat(isRow(row, row.length)).isFalse();
    }

    private static boolean isRow(byte[] bytes, int end) {
        return Stretch.isRow(MemorySegment.ofArray(bytes), 0, end);
    }

    private static StretchRecords load(MemorySegment example) {
        StretchRecords records = new StretchRecords();
        records.load(
                example,
                Stretch.HEAD_BYTES,
                Stretch.payloadBytes(example, 0),
                Stretch.count(example, 0),
                Stretch.first(example, 0));
        return records;
    }

    private static String text(StretchRecords records, int index) {
        byte[] bytes =
                records.segment()
                        .asSlice(records.valueAt(index), records.valueBytes(index))
                        .toArray(ValueLayout.JAVA_BYTE);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
