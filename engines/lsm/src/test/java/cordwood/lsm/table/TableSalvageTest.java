package cordwood.lsm.table;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.files.DiskFile;
import cordwood.lsm.codec.Codec;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.StoreId;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.format.Stretch;
import cordwood.lsm.format.StretchRecords;
import cordwood.memory.Account;
import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.memory.Region;
import cordwood.testkit.disk.CrashingDisk;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is found in tables whose blocks were written by hand. */
final class TableSalvageTest {

    private static final Path DIRECTORY = Path.of("/disk/store").toAbsolutePath();
    private static final long NUMBER = 7;
    private static final Path TABLE = DIRECTORY.resolve(FileNames.table(NUMBER));

    private final Memory memory = Memory.open(MemoryOptions.ofBudget(32L << 20));
    private final Account account = memory.budget().account("test");
    private final Region window = memory.chunks().region(account, 64 << 10);
    private final CrashingDisk disk = new CrashingDisk(1);
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    TableSalvageTest() {
        bytes.writeBytes(new byte[TableDescriptor.BLOCKS_AT]);
    }

    @AfterEach
    void close() {
        window.close();
        memory.close();
    }

    private static byte[] stretch(long stream) {
        MemorySegment stretch = MemorySegment.ofArray(new byte[Stretch.HEAD_BYTES + 2]);
        Stretch.writeHead(stretch, 0, new StreamKey(RecordKind.RECORDS, 3, stream), 1, 2, 5, 5);
        stretch.set(ValueLayout.JAVA_BYTE, Stretch.HEAD_BYTES, (byte) 1);
        return stretch.toArray(ValueLayout.JAVA_BYTE);
    }

    /** An intact block that lies so many bytes behind what was written so far. */
    private byte[] block(int behindBytes, byte[]... parts) {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            payload.writeBytes(part);
        }
        int headBytes = TableDescriptor.BLOCK_BYTES;
        MemorySegment block = MemorySegment.ofArray(new byte[headBytes + payload.size()]);
        TableDescriptor.writeBlock(
                block,
                0,
                TableDescriptor.KIND_DATA,
                Codec.RAW,
                payload.size(),
                payload.size(),
                NUMBER,
                bytes.size() + (long) behindBytes);
        block.asSlice(headBytes).copyFrom(MemorySegment.ofArray(payload.toByteArray()));
        TableDescriptor.sealBlock(block, 0, payload.size());
        return block.toArray(ValueLayout.JAVA_BYTE);
    }

    private List<String> found() {
        disk.createDirectories(DIRECTORY);
        try (DiskFile file = disk.create(TABLE)) {
            file.write(0, MemorySegment.ofArray(bytes.toByteArray()).asByteBuffer());
        }
        List<String> found = new ArrayList<>();
        try (TableSalvage salvage =
                new TableSalvage(disk, memory.chunks(), account, window.memory(), () -> false)) {
            salvage.run(
                    TABLE,
                    StoreId.random(),
                    NUMBER,
                    bytes.size(),
                    new TableSalvage.Visitor() {
                        @Override
                        public void stretch(StreamKey key, StretchRecords records) {
                            found.add("stream " + key.stream());
                        }

                        @Override
                        public void lost(long fromOffset, long toOffset) {
                            found.add("lost %d to %d".formatted(fromOffset, toOffset));
                        }
                    });
        }
        return found;
    }

    @Test
    void aBlockThatFailsHalfWayLosesItsRestAndNothingInItIsTakenForABlock() {
        byte[] noStretch = new byte[Stretch.HEAD_BYTES];
        int innerAt = TableDescriptor.BLOCK_BYTES + 2 * Stretch.HEAD_BYTES + 2;
        byte[] inner = block(innerAt, stretch(1));
        bytes.writeBytes(block(0, stretch(1), noStretch, inner));
        int end = bytes.size();
        bytes.writeBytes(new byte[100]);
        int next = bytes.size();
        bytes.writeBytes(block(0, stretch(2)));

        assertThat(found())
                .containsExactly(
                        "stream 1",
                        "lost %d to %d".formatted(TableDescriptor.BLOCKS_AT, end),
                        "lost %d to %d".formatted(end, next),
                        "stream 2");
    }
}
