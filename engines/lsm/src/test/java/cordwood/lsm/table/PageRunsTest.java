package cordwood.lsm.table;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.lsm.codec.Codec;
import cordwood.lsm.codec.SpaceCodecs;
import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.RunLength;
import cordwood.lsm.format.StoreId;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.format.Varint;
import cordwood.memory.Account;
import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.memory.Region;
import cordwood.store.StoreOptions;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.disk.CrashingDisk;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Looks into a table of long runs, of which the directory is larger than what is kept of it. */
@ExtendWith(SeedExtension.class)
final class PageRunsTest {

    private static final Path DIRECTORY = Path.of("/disk/store").toAbsolutePath();
    private static final StoreId STORE = new StoreId(1, 2);
    private static final long NUMBER = 7;
    private static final int STREAMS = 800;
    private static final int RECORDS_MAX = 20; // each in a block of its own
    private static final long POSITIONS = 1_000;
    private static final int VALUE_BYTES = 600;
    private static final int BLOCK_BYTES = 1 << 10;
    private static final long DIRECTORIES_BYTES = DirectoryMemory.SLAB_BYTES;
    private static final int LOOKS = 20_000;

    private final CrashingDisk disk = new CrashingDisk(1);
    private final Memory memory =
            Memory.open(MemoryOptions.ofBudget(StoreOptions.MEMORY_BUDGET_BYTES_MIN));
    private final Account account = memory.budget().account("test");
    private final DirectoryMemory directories =
            new DirectoryMemory(memory.chunks(), account, DIRECTORIES_BYTES);
    private final BlockCache cache =
            new BlockCache(memory.chunks(), account, account, 128 << 10, BLOCK_BYTES, directories);
    private final List<TreeSet<Long>> model = new ArrayList<>();
    private final TableWalk walk = new TableWalk(new OpenBlocks());

    @AfterEach
    void close() {
        walk.release();
        cache.close();
        directories.close();
        memory.close();
    }

    private static StreamKey key(int stream) {
        return new StreamKey(RecordKind.RECORDS, 1, stream);
    }

    private Table write(SplittableRandom random) {
        disk.createDirectories(DIRECTORY);
        CompressionPolicy policy = new CompressionPolicy(new SpaceCodecs(Codec.RAW));
        MemorySegment payload = MemorySegment.ofArray(new byte[VALUE_BYTES + Varint.BYTES_MAX]);
        int bytes = (int) Varint.put(payload, 0, VALUE_BYTES) + VALUE_BYTES;
        try (Region room = memory.chunks().region(account, TableWriter.ROOM_BYTES);
                TableWriter writer =
                        new TableWriter(
                                disk,
                                DIRECTORY,
                                STORE,
                                NUMBER,
                                new TableWriter.Content(
                                        RecordKind.RECORDS, RunLength.LONG, Temperature.COLD),
                                new TableWriter.Style(BLOCK_BYTES, policy, policy, Long.MAX_VALUE),
                                Runnable::run,
                                room.memory())) {
            for (int stream = 0; stream < STREAMS; stream++) {
                TreeSet<Long> positions = new TreeSet<>();
                for (int i = random.nextInt(RECORDS_MAX); i >= 0; i--) {
                    positions.add(random.nextLong(POSITIONS));
                }
                for (long position : positions) {
                    writer.add(key(stream), payload, 0, bytes, 1, position, position);
                }
                model.add(positions);
            }
            return Table.open(
                    new OpenFiles(disk),
                    DIRECTORY,
                    STORE,
                    NUMBER,
                    RecordKind.RECORDS,
                    RunLength.LONG,
                    writer.finish(1),
                    1,
                    cache);
        }
    }

    private void look(Table table, int stream, long from, boolean rising) {
        walk.set(table, key(stream));
        walk.seek(from, rising);
    }

    private @Nullable Long expected(int stream, long from, boolean rising) {
        TreeSet<Long> positions = model.get(stream);
        return rising ? positions.ceiling(from) : positions.floor(from);
    }

    @Test
    void whereARunBeginsAndEndsIsKnownWithoutALookAtItsPage(Seed seed) {
        SplittableRandom random = seed.random();
        try (Table table = write(random)) {
            for (int i = 0; i < LOOKS; i++) {
                int stream = random.nextInt(STREAMS);
                long from = random.nextLong(-POSITIONS / 2, POSITIONS * 3 / 2);
                boolean rising = random.nextBoolean();
                look(table, stream, from, rising);
                if (!walk.ended() && random.nextInt(20) == 0) {
                    walk.load();
                    assertThat(walk.position()).isEqualTo(expected(stream, from, rising));
                } else {
                    assertThat(walk.ended()).isEqualTo(expected(stream, from, rising) == null);
                }
            }
            long lookups = cache.hits() + cache.misses();
            for (int stream = 0; stream < STREAMS; stream++) {
                look(table, stream, POSITIONS, true);
                assertThat(walk.ended()).isTrue();
                look(table, stream, -1, true);
                assertThat(walk.position()).isEqualTo(model.get(stream).first());
                look(table, stream, POSITIONS, false);
                assertThat(walk.position()).isEqualTo(model.get(stream).last());
            }
            assertThat(cache.hits() + cache.misses()).isEqualTo(lookups);
            walk.release();
        }
    }
}
