package cordwood.bench.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cordwood.bench.BenchException;
import cordwood.loglet.Keys;
import cordwood.loglet.LogRecord;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadPoolTest {

    private static final long PLENTY = 64 << 20;

    @TempDir Path directory;

    @ParameterizedTest
    @EnumSource(KeyStyle.class)
    void sameSeedGivesSameRecordsInMemoryAndFromAFile(KeyStyle style) {
        PayloadSpec spec = new PayloadSpec(61, 0.7, style, -17, 3);
        Path file = directory.resolve("payload");
        PayloadFileWriter.write(file, spec, 50);
        PayloadPool fromFile = PayloadPool.load(new PayloadSource.FromFile(file, 3), PLENTY, 9);
        PayloadPool inMemory = PayloadPool.load(new PayloadSource.Generated(spec), PLENTY, 9);
        assertThat(fromFile.batchCount()).isEqualTo(50);
        assertThat(inMemory.batchCount()).isEqualTo(PayloadPool.BATCHES_MAX);
        for (int i = 0; i < 50; i++) {
            assertThat(texts(fromFile.batch(i))).isEqualTo(texts(inMemory.batch(i)));
        }
        assertThat(fromFile.summary().seed()).isEqualTo(-17);
        assertThat(fromFile.summary().keyStyle()).isEqualTo(style);
        assertThat(fromFile.summary().bodyBytesMean()).isEqualTo(61);
    }

    @Test
    void entropyIsTheShareOfRandomBytesRoundedUp() {
        byte[] body = body(first(new PayloadSpec(100, 0.25, KeyStyle.NONE, 1, 1)));
        assertThat(lastNonZero(body)).isEqualTo(24);
        assertThat(lastNonZero(body(first(new PayloadSpec(10, 0.01, KeyStyle.NONE, 1, 1)))))
                .isZero();
        assertThat(body(first(new PayloadSpec(10, 0, KeyStyle.NONE, 1, 1)))).containsOnly(0);
    }

    @Test
    void poolKeepsWithinItsHeapButHoldsOneBatch() {
        PayloadSpec spec = new PayloadSpec(1000, 1, KeyStyle.NONE, 1, 10);
        PayloadSource source = new PayloadSource.Generated(spec);
        assertThat(PayloadPool.load(source, 100_000, 0).batchCount()).isEqualTo(8);
        assertThat(PayloadPool.load(source, 1, 0).batchCount()).isEqualTo(1);
    }

    @Test
    void fileOverTheBudgetIsReadAsFarAsItFits() {
        Path file = directory.resolve("payload");
        PayloadFileWriter.write(file, new PayloadSpec(1000, 1, KeyStyle.NONE, 1, 10), 20);
        PayloadPool pool = PayloadPool.load(new PayloadSource.FromFile(file, 10), 100_000, 0);
        assertThat(pool.batchCount()).isEqualTo(8);
        assertThat(pool.summary().note()).contains("first 8 of the file's 20");
    }

    @Test
    void rangesAreInOrder() {
        PayloadSpec spec = new PayloadSpec(0, 0, KeyStyle.RANGE, 5, 100);
        List<LogRecord> batch =
                PayloadPool.load(new PayloadSource.Generated(spec), PLENTY, 0).batch(0);
        assertThat(batch)
                .allSatisfy(record -> {
                    Keys.Range range = (Keys.Range) record.keys();
                    assertThat(Long.compareUnsigned(range.low(), range.high())).isNotPositive();
                });
    }

    @Test
    void linesLoseTheirEndsAndEmptyOnesStay() throws Exception {
        Path file = directory.resolve("lines");
        Files.write(file, "one\r\ntwo\n\n\u00e9\rx\nlast".getBytes(StandardCharsets.ISO_8859_1));
        List<String> texts = new ArrayList<>();
        for (LogRecord record : lines(file, 5).batch(0)) {
            texts.add(new String(body(record), StandardCharsets.ISO_8859_1));
        }
        assertThat(texts).containsExactly("one", "two", "", "\u00e9\rx", "last");
    }

    @Test
    void lastBatchOfLinesIsFilledFromTheFirstLine() throws Exception {
        Path file = directory.resolve("lines");
        Files.writeString(file, "a\nb\nc\n");
        PayloadPool pool = lines(file, 2);
        assertThat(pool.batchCount()).isEqualTo(2);
        assertThat(texts(pool.batch(1))).isEqualTo(List.of("c", "a"));
        assertThat(pool.summary().note()).isEqualTo("3 lines");
        assertThat(texts(lines(file, 7).batch(0)))
                .isEqualTo(List.of("a", "b", "c", "a", "b", "c", "a"));
    }

    @Test
    void linesSurviveChunkBorders() throws Exception {
        String longLine = "0123456789abcdef".repeat(40_000);
        Path file = directory.resolve("lines");
        Files.writeString(file, "first\n" + longLine + "\r\nthird\r\n");
        PayloadPool pool = lines(file, 3);
        assertThat(texts(pool.batch(0))).isEqualTo(List.of("first", longLine, "third"));
    }

    @Test
    void linesStopAtTheBudget() throws Exception {
        Path file = directory.resolve("lines");
        Files.writeString(file, "line\n".repeat(1000));
        PayloadSource source = new PayloadSource.FromLines(file, 10, KeyStyle.SINGLE, 3);
        PayloadPool pool = PayloadPool.load(source, 132 * 100, 0);
        assertThat(pool.batchCount()).isEqualTo(10);
        assertThat(pool.summary().note()).contains("first 100 lines");
        assertThat(pool.batch(0).getFirst().keys()).isInstanceOf(Keys.Single.class);
    }

    @Test
    void emptyInputIsRefused() throws Exception {
        Path file = Files.createFile(directory.resolve("empty"));
        assertThatThrownBy(() -> lines(file, 1))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("empty");
        assertThatThrownBy(() -> lines(directory.resolve("missing"), 1))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("no such file");
        assertThatThrownBy(() -> lines(directory, 1)).isInstanceOf(BenchException.class);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.01, Double.NaN, Double.POSITIVE_INFINITY})
    void entropyOutsideItsRangeIsRefused(double entropy) {
        assertThatThrownBy(() -> new PayloadSpec(1, entropy, KeyStyle.NONE, 1, 1))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("outside 0 to 1");
    }

    @Test
    void batchesNoStoreTakesAreRefused() {
        assertThatThrownBy(() -> new PayloadSpec(1, 1, KeyStyle.NONE, 1, 0))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("records per batch");
        assertThatThrownBy(() -> new PayloadSpec(32 << 20, 1, KeyStyle.NONE, 1, 1))
                .isInstanceOf(BenchException.class);
        assertThatThrownBy(() -> new PayloadSpec(1 << 20, 1, KeyStyle.NONE, 1, 100))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("in one batch");
    }

    @Test
    void realLogsBecomeBodies() throws Exception {
        Path logs = Path.of("../../../shared/data/logs");
        assumeTrue(Files.isDirectory(logs), () -> "no real logs at " + logs.toAbsolutePath());
        PayloadPool pool = lines(logs.resolve("HDFS.log"), 10);
        assertThat(pool.summary().note()).isEqualTo("2000 lines");
        assertThat(pool.batchCount()).isEqualTo(200);
        assertThat(texts(pool.batch(0)).getFirst())
                .startsWith("081109 203615 148 INFO dfs.DataNode$PacketResponder")
                .endsWith("terminating");
    }

    private static PayloadPool lines(Path file, int recordsPerBatch) {
        return PayloadPool.load(
                new PayloadSource.FromLines(file, recordsPerBatch, KeyStyle.NONE, 0), PLENTY, 0);
    }

    private static LogRecord first(PayloadSpec spec) {
        return PayloadPool.load(new PayloadSource.Generated(spec), PLENTY, 0).batch(0).getFirst();
    }

    private static byte[] body(LogRecord record) {
        return record.body().toArray(ValueLayout.JAVA_BYTE);
    }

    private static int lastNonZero(byte[] body) {
        int last = body.length - 1;
        while (last >= 0 && body[last] == 0) {
            last--;
        }
        return last;
    }

    /** Bodies as text, with the keys where there are any. */
    private static List<String> texts(List<LogRecord> batch) {
        List<String> texts = new ArrayList<>();
        for (LogRecord record : batch) {
            String text = new String(body(record), StandardCharsets.ISO_8859_1);
            texts.add(record.keys().equals(Keys.NONE) ? text : text + record.keys());
        }
        return texts;
    }
}
