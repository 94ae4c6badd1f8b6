package cordwood.loglet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.store.StoreException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RecordFormatTest {

    private static final LogRecord EXAMPLE =
            new LogRecord(
                    1_700_000_000_000_000_000L,
                    new Keys.Single(7),
                    MemorySegment.ofArray("hello".getBytes(StandardCharsets.US_ASCII)));

    static Stream<Keys> keysOfEveryStyle() {
        return Stream.of(
                Keys.NONE,
                new Keys.Single(7),
                new Keys.Single(-1),
                new Keys.Pair(9, 3),
                new Keys.Range(5, -1),
                new Keys.Range(4, 4));
    }

    @ParameterizedTest
    @MethodSource("keysOfEveryStyle")
    void recordIsReadAsItWasWritten(Keys keys) {
        for (int bodyBytes : new int[] {0, 1, 512}) {
            byte[] body = new byte[bodyBytes];
            Arrays.fill(body, (byte) bodyBytes);
            LogRecord record = new LogRecord(-2, keys, MemorySegment.ofArray(body));

            LogRecord read = decode(encode(record));

            assertThat(read.keys()).isEqualTo(keys);
            assertThat(read.createdAtNanos()).isEqualTo(-2);
            assertThat(read.body().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(body);
        }
    }

    @Test
    void encoderCanBeUsedForOneRecordAfterAnother() {
        RecordEncoder encoder = new RecordEncoder();
        List<Keys> styles = keysOfEveryStyle().toList();
        for (int i = 0; i < 100; i++) {
            LogRecord record =
                    new LogRecord(i, styles.get(i * 5 % styles.size()), MemorySegment.NULL);
            byte[] header = encoder.header(record).toArray(ValueLayout.JAVA_BYTE);
            assertThat(decode(header).keys()).isEqualTo(record.keys());
            assertThat(decode(header).createdAtNanos()).isEqualTo(i);
        }
    }

    @ParameterizedTest
    @MethodSource("keysOfEveryStyle")
    void valueCutInItsHeaderIsCorrupt(Keys keys) {
        byte[] whole = encode(new LogRecord(1, keys, MemorySegment.ofArray(new byte[0])));
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> decode(cut))
                    .isInstanceOf(StoreException.Corrupt.class)
                    .hasMessageContaining("record 42 of loglet 18446744073709551615");
        }
        assertThat(decode(whole).body().byteSize()).isZero();
    }

    @Test
    void otherVersionIsRefused() {
        refuses(RecordDescriptor.VERSION_OFFSET, 2, "format version 2");
        refuses(RecordDescriptor.VERSION_OFFSET, 0, "format version 0");
    }

    @Test
    void unknownKeyStyleIsRefused() {
        refuses(RecordDescriptor.KEY_STYLE_OFFSET, 4, "key style 4");
        refuses(RecordDescriptor.KEY_STYLE_OFFSET, 255, "key style 255");
    }

    @Test
    void unknownFlagsAreRefused() {
        int flags = RecordDescriptor.flagsOffset(RecordDescriptor.KEY_STYLE_SINGLE);
        refuses(flags, RecordDescriptor.FLAG_HYBRID_CLOCK, "flags 0x1");
        refuses(flags, 4, "flags 0x4");
        refuses(flags + 1, 1, "flags 0x100");
    }

    @Test
    void rangeUpsideDownIsRefused() {
        byte[] value = encode(new LogRecord(1, new Keys.Range(5, 9), MemorySegment.NULL));
        value[RecordDescriptor.KEYS_OFFSET] = 10;
        assertThatThrownBy(() -> decode(value))
                .isInstanceOf(StoreException.Corrupt.class)
                .hasMessageContaining("range from 10 down to 9");
    }

    @Test
    void extendedHeaderIsSkipped() {
        byte[] plain = encode(EXAMPLE);
        int header = RecordDescriptor.headerBytes(RecordDescriptor.KEY_STYLE_SINGLE);
        byte[] extended = new byte[plain.length + 4];
        System.arraycopy(plain, 0, extended, 0, header);
        extended[RecordDescriptor.flagsOffset(RecordDescriptor.KEY_STYLE_SINGLE)] =
                RecordDescriptor.FLAG_EXTENDED_HEADER;
        extended[header] = 3;
        System.arraycopy(plain, header, extended, header + 4, plain.length - header);

        assertThat(text(decode(extended))).isEqualTo("hello");
        assertThat(decode(Arrays.copyOf(extended, header + 4)).body().byteSize()).isZero();
        for (int length = header; length < header + 4; length++) {
            byte[] cut = Arrays.copyOf(extended, length);
            assertThatThrownBy(() -> decode(cut)).isInstanceOf(StoreException.Corrupt.class);
        }
    }

    @Test
    void attributesAreReadAsTheyWereWritten() {
        NodeId node = new NodeId(-1, 77);
        assertThat(AttributeDescriptor.sequencer(AttributeDescriptor.sequencer(node)))
                .isEqualTo(node);
        assertThat(AttributeDescriptor.globalTail(AttributeDescriptor.globalTail(LogletOffset.MAX)))
                .isEqualTo(LogletOffset.MAX);
        Instant at = Instant.parse("2026-11-20T10:11:12.5Z");
        assertThat(
                        new String(
                                AttributeDescriptor.seal(at).toArray(ValueLayout.JAVA_BYTE),
                                StandardCharsets.US_ASCII))
                .isEqualTo("2026-11-20T10:11:12.500Z");
    }

    @Test
    void attributeOfAnotherSizeIsCorrupt() {
        MemorySegment five = MemorySegment.ofArray(new byte[5]);
        assertThatThrownBy(() -> AttributeDescriptor.sequencer(five))
                .isInstanceOf(StoreException.Corrupt.class);
        assertThatThrownBy(() -> AttributeDescriptor.globalTail(five))
                .isInstanceOf(StoreException.Corrupt.class);
    }

    private static void refuses(int at, int value, String message) {
        byte[] bytes = encode(EXAMPLE);
        bytes[at] = (byte) value;
        assertThatThrownBy(() -> decode(bytes))
                .isInstanceOf(StoreException.Corrupt.class)
                .hasMessageContaining(message);
    }

    private static String text(LogRecord record) {
        return new String(record.body().toArray(ValueLayout.JAVA_BYTE), StandardCharsets.US_ASCII);
    }

    static byte[] encode(LogRecord record) {
        byte[] header = new RecordEncoder().header(record).toArray(ValueLayout.JAVA_BYTE);
        byte[] body = record.body().toArray(ValueLayout.JAVA_BYTE);
        byte[] value = Arrays.copyOf(header, header.length + body.length);
        System.arraycopy(body, 0, value, header.length, body.length);
        return value;
    }

    static LogRecord decode(byte[] value) {
        RecordDecoder decoder = new RecordDecoder(-1);
        decoder.wrap(42, MemorySegment.ofArray(value).asReadOnly());
        return decoder.record();
    }
}
