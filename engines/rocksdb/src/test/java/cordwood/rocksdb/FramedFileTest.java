package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import cordwood.files.Disk;
import cordwood.store.LocalStore;
import cordwood.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log as RocksDB writes it, of small records and of one that fills blocks. */
class FramedFileTest {

    private static final int STRIDE = Boolean.getBoolean("cordwood.long") ? 1 : 1_997;

    @TempDir private Path root;
    private byte[] sound = new byte[0];

    @BeforeEach
    void writeLog() throws IOException {
        Path directory = root.resolve("store");
        try (LocalStore store = Fixtures.open(directory);
                Stream<Path> files = Files.list(directory.resolve("rocksdb"))) {
            Path log = files.filter(file -> file.toString().endsWith(".log")).findAny().get();
            for (int i = 0; i < 20; i++) {
                Fixtures.put(store, 1, i, 1, i == 10 ? 70_000 : 300);
            }
            sound = Files.readAllBytes(log);
        }
    }

    private FramedFile.Content read(byte[] bytes) throws IOException {
        Path file = Files.write(root.resolve("file"), bytes);
        return FramedFile.read(Disk.real(), file, null);
    }

    @Test
    void everyRecordOfASoundLogIsRead() throws IOException {
        FramedFile.Content content = read(sound);
        assertThat(content.recordCount()).isEqualTo(20);
        assertThat(content.isTorn()).isFalse();
        assertThat(content.sizeBytes()).isEqualTo(sound.length);
    }

    @Test
    void everyFlippedBitIsDamage() throws IOException {
        int at = 0;
        int next = 0;
        for (int bit = 0; bit < 8 * sound.length; bit += STRIDE) {
            while (bit / 8 >= next) {
                at = next;
                next = at + 7 + (sound[at + 4] & 0xff) + 256 * (sound[at + 5] & 0xff);
                int left = FramedFile.BLOCK_BYTES - next % FramedFile.BLOCK_BYTES;
                next += left < FramedFile.HEADER_BYTES ? left : 0;
            }
            byte[] damaged = sound.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            int record = at;
            assertThatExceptionOfType(StoreException.Corrupt.class)
                    .as("bit %d", bit)
                    .isThrownBy(() -> read(damaged))
                    .satisfies(e -> assertThat(e.offsetBytes()).isEqualTo(record));
        }
    }

    @Test
    void everyCutIsATornTailOrTheEndOfARecord() throws IOException {
        for (int length = 0; length < sound.length; length += 1 + STRIDE / 8) {
            FramedFile.Content content = read(Arrays.copyOf(sound, length));
            assertThat(content.recordCount()).isLessThan(20);
            assertThat(content.tornAt()).isLessThan(length == 0 ? 1 : length);
            byte[] zeros = Arrays.copyOf(Arrays.copyOf(sound, (int) end(content)), sound.length);
            assertThat(read(zeros).recordCount()).isEqualTo(content.recordCount());
        }
    }

    private static long end(FramedFile.Content content) {
        return content.isTorn() ? content.tornAt() : content.sizeBytes();
    }

    @Test
    void soundBytesBehindZerosAreDamage() throws IOException {
        byte[] damaged = sound.clone();
        Arrays.fill(damaged, 0, 500, (byte) 0);
        assertThatExceptionOfType(StoreException.Corrupt.class).isThrownBy(() -> read(damaged));
    }
}
