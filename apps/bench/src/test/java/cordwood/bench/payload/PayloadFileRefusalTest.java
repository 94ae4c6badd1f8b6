package cordwood.bench.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.bench.BenchException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PayloadFileRefusalTest {

    @TempDir Path directory;

    private Path file;
    private byte[] good;

    @BeforeEach
    void writeGoodFile() throws Exception {
        file = directory.resolve("payload");
        PayloadFileWriter.write(file, new PayloadSpec(16, 1, KeyStyle.RANGE, 7, 2), 3);
        good = Files.readAllBytes(file);
    }

    @Test
    void everyTruncationIsRefusedWithFileAndOffset() throws Exception {
        for (int length = 0; length < good.length; length++) {
            Files.write(file, Arrays.copyOf(good, length));
            assertRefused("offset " + length, "");
        }
        Files.write(file, good);
        load();
    }

    @Test
    void fileThatIsTooLongIsRefused() throws Exception {
        Files.write(file, Arrays.copyOf(good, good.length + 1));
        assertRefused("offset " + good.length, "too long");
    }

    @Test
    void eachHeaderFieldIsChecked() throws Exception {
        patchInt(0, 0x12345678);
        assertRefused("offset 0", "RSBENCH");
        patchInt(8, 2);
        assertRefused("offset 8", "version 2");
        patch(16, (byte) 4);
        assertRefused("offset 16", "key style 4");
        patch(16, (byte) 0xff);
        assertRefused("offset 16", "key style 255");
        patchInt(17, 3);
        assertRefused("offset 17", "hold 3 records, and --records-per-batch is 2");
        patchInt(17, 0);
        assertRefused("offset 17", "hold 0 records");
        patchInt(21, 0);
        assertRefused("offset 21", "no batches");
        patchInt(12, 15);
        assertRefused("", "its header says");
    }

    @Test
    void absurdSizesAreRefusedWithoutTakingMemory() throws Exception {
        patchInt(12, -1);
        assertRefused("offset 12", "records of 4294967295 bytes");
        patchInt(21, -1);
        assertRefused("", "truncated");
        patchInt(17, -1);
        assertThatThrownBy(() ->
                        PayloadPool.load(
                                new PayloadSource.FromFile(file, Integer.MAX_VALUE), 1 << 20, 0))
                .isInstanceOf(BenchException.class);
    }

    @Test
    void rangeOutOfOrderIsRefused() throws Exception {
        ByteBuffer bytes = ByteBuffer.wrap(good.clone()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(40 + 32, -1L).putLong(40 + 40, 1L);
        Files.write(file, bytes.array());
        assertRefused("offset 72", "empty");
    }

    @Test
    void missingFileAndDirectoryAreRefused() throws Exception {
        Files.delete(file);
        assertRefused("", "no such file");
        Files.createDirectory(file);
        assertRefused("", file.toString());
    }

    @Test
    void writerReplacesPayloadAndEmptyFilesOnly() throws Exception {
        PayloadSpec spec = new PayloadSpec(1, 1, KeyStyle.NONE, 7, 1);
        PayloadFileWriter.write(file, spec, 1);
        assertThat(Files.size(file)).isEqualTo(41);
        Files.write(file, new byte[0]);
        PayloadFileWriter.write(file, spec, 2);
        assertThat(Files.size(file)).isEqualTo(42);
        Files.writeString(file, "somebody's notes");
        assertThatThrownBy(() -> PayloadFileWriter.write(file, spec, 1))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("something else");
        assertThat(Files.readString(file)).isEqualTo("somebody's notes");
        try (Stream<Path> entries = Files.list(directory)) {
            assertThat(entries).containsExactly(file);
        }
    }

    @Test
    void writerRefusesWhatCannotBe() {
        PayloadSpec spec = new PayloadSpec(1, 1, KeyStyle.NONE, 7, 1);
        assertThatThrownBy(() -> PayloadFileWriter.write(file, spec, 0))
                .isInstanceOf(BenchException.class);
        assertThatThrownBy(() -> PayloadFileWriter.write(directory.resolve("no/file"), spec, 1))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("directory does not exist");
        assertThatThrownBy(() -> PayloadFileWriter.write(directory, spec, 1))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("directory");
        PayloadSpec large = new PayloadSpec(1 << 20, 1, KeyStyle.NONE, 7, 60);
        assertThatThrownBy(() -> PayloadFileWriter.write(file, large, 0xFFFF_FFFFL))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("free");
    }

    private void patchInt(int offset, int value) throws Exception {
        ByteBuffer bytes = ByteBuffer.wrap(good.clone()).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(file, bytes.putInt(offset, value).array());
    }

    private void patch(int offset, byte value) throws Exception {
        Files.write(file, ByteBuffer.wrap(good.clone()).put(offset, value).array());
    }

    private void assertRefused(String where, String what) {
        assertThatThrownBy(this::load)
                .isInstanceOfSatisfying(
                        BenchException.class,
                        e -> assertThat(e.kind()).isEqualTo(BenchException.Kind.USAGE))
                .hasMessageContaining(file.toString())
                .hasMessageContaining(where)
                .hasMessageContaining(what)
                .hasMessageNotContaining("\n");
    }

    private PayloadPool load() {
        return PayloadPool.load(new PayloadSource.FromFile(file, 2), 1 << 20, 0);
    }
}
