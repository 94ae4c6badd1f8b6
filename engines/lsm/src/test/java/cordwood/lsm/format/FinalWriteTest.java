package cordwood.lsm.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import cordwood.testkit.Bytes;
import cordwood.testkit.disk.DiskCall;
import cordwood.testkit.disk.InterposedDisk;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FinalWriteTest {

    private static final int BYTES = 1_000;

    @TempDir private Path root;

    @Test
    void whatAFullHeapCutsShortIsWrittenToItsEnd() throws Exception {
        Path path = root.resolve("file");
        HalfWritingDisk disk = new HalfWritingDisk();
        try (DiskFile file = disk.create(path)) {
            FinalWrite.put(file, 100, Bytes.random(1, BYTES).asByteBuffer());
        }
        assertThat(disk.cutShort).isGreaterThan(5);
        byte[] written = Files.readAllBytes(path);
        assertThat(ByteBuffer.wrap(written, 100, BYTES))
                .isEqualTo(Bytes.random(1, BYTES).asByteBuffer());
        assertThat(written).hasSize(100 + BYTES);
    }

    @Test
    void aWriteThatFailsIsNotTriedAgain() {
        Disk failing =
                new InterposedDisk(Disk.real()) {
                    @Override
                    protected void onWrite(DiskCall call, DiskFile file, ByteBuffer source) {
                        throw new FileFailure(
                                FileFailure.Kind.IO, "write", call.path(), 0, "a test", null);
                    }
                };
        try (DiskFile file = failing.create(root.resolve("file"))) {
            assertThatThrownBy(() -> FinalWrite.put(file, 0, ByteBuffer.allocate(1)))
                    .isInstanceOfSatisfying(
                            StoreException.Failed.class,
                            failed -> assertThat(failed.outcome()).isEqualTo(Outcome.UNKNOWN));
        }
    }

    /** Writes half of what is there, and then finds no heap. */
    private static final class HalfWritingDisk extends InterposedDisk {
        private int cutShort;

        private HalfWritingDisk() {
            super(Disk.real());
        }

        @Override
        protected void onWrite(DiskCall call, DiskFile file, ByteBuffer source) {
            int limit = source.limit();
            if (source.remaining() > 1) {
                source.limit(source.position() + source.remaining() / 2);
                super.onWrite(call, file, source);
                source.limit(limit);
                cutShort++;
                throw new OutOfMemoryError("thrown by a test");
            }
            super.onWrite(call, file, source);
        }
    }
}
