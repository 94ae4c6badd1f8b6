package cordwood.lsm.table;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.files.DiskFile;
import cordwood.lsm.codec.Codec;
import cordwood.lsm.codec.SpaceCodecs;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.RunLength;
import cordwood.lsm.format.StoreId;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.format.Varint;
import cordwood.memory.Account;
import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.memory.Region;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.disk.CrashingDisk;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Blocks of every codec that takes no native code, as they were written and damaged. */
@ExtendWith(SeedExtension.class)
final class BlockDamageTest {

    private static final boolean LONG = Boolean.getBoolean("cordwood.long");
    private static final int FLIPS = LONG ? 200_000 : 2_000;
    private static final Path DIRECTORY = Path.of("/disk/store").toAbsolutePath();
    private static final StoreId STORE = new StoreId(1, 2);
    private static final long NUMBER = 7;
    private static final long LAST_SEQUENCE = 9;
    private static final int BLOCK_BYTES = 4 << 10;
    private static final int STREAMS = 3;
    private static final int RECORDS = 60;

    /** A block as the directory has it. */
    private record Place(int kind, long offset, int storedBytes, int rawBytes) {
        private int bytes() {
            return TableDescriptor.BLOCK_BYTES + storedBytes;
        }
    }

    private final CrashingDisk disk = new CrashingDisk(1);
    private final Memory memory =
            Memory.open(MemoryOptions.ofBudget(StoreOptions.MEMORY_BUDGET_BYTES_MIN));
    private final Account account = memory.budget().account("test");
    private BlockCache cache = newCache();
    private final CodecPool codecs = new CodecPool();
    private final Path path = DIRECTORY.resolve(FileNames.table(NUMBER));

    @AfterEach
    void close() {
        codecs.close();
        cache.close();
        memory.close();
    }

    private BlockCache newCache() {
        return new BlockCache(memory.chunks(), account, account, 64 << 10, BLOCK_BYTES);
    }

    private Table write(Codec chosen, SplittableRandom random) {
        disk.createDirectories(DIRECTORY);
        CompressionPolicy policy = new CompressionPolicy(new SpaceCodecs(chosen));
        try (Region room = memory.chunks().region(account, TableWriter.ROOM_BYTES);
                TableWriter writer =
                        new TableWriter(
                                disk,
                                DIRECTORY,
                                STORE,
                                NUMBER,
                                new TableWriter.Content(
                                        RecordKind.RECORDS, RunLength.SHORT, Temperature.COLD),
                                new TableWriter.Style(BLOCK_BYTES, policy, policy, Long.MAX_VALUE),
                                Runnable::run,
                                room.memory())) {
            for (int stream = 0; stream < STREAMS; stream++) {
                StreamKey key = new StreamKey(RecordKind.RECORDS, 1, stream);
                for (int position = 0; position < RECORDS; position++) {
                    MemorySegment payload = payload(random);
                    int bytes = (int) payload.byteSize();
                    writer.add(key, payload, 0, bytes, 1, position, position);
                }
            }
            return open(writer.finish(LAST_SEQUENCE));
        }
    }

    /** A record by itself: its length, then words from a small vocabulary. */
    private static MemorySegment payload(SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(2, 40); i > 0; i--) {
            text.append(Integer.toHexString(random.nextInt(500) * 7_919)).append(' ');
        }
        MemorySegment payload = MemorySegment.ofArray(new byte[Varint.BYTES_MAX + text.length()]);
        long at = Varint.put(payload, 0, text.length());
        for (int i = 0; i < text.length(); i++) {
            payload.set(JAVA_BYTE, at + i, (byte) text.charAt(i));
        }
        return payload.asSlice(0, at + text.length());
    }

    private Table open(long sizeBytes) {
        return Table.open(
                new OpenFiles(disk),
                DIRECTORY,
                STORE,
                NUMBER,
                RecordKind.RECORDS,
                RunLength.SHORT,
                sizeBytes,
                LAST_SEQUENCE,
                cache);
    }

    private static List<Place> dataBlocks(Table table) {
        List<Place> places = new ArrayList<>();
        try (BlockLease root = new BlockLease();
                BlockLease page = new BlockLease()) {
            table.pinRoot(root);
            for (int i = 0; i < root.entryCount(); i++) {
                table.pin(TableDescriptor.KIND_PAGE, root.segment(), root.entryAt(i), page);
                for (int j = 0; j < page.entryCount(); j++) {
                    MemorySegment in = page.segment();
                    long at = page.entryAt(j);
                    places.add(
                            new Place(
                                    TableDescriptor.KIND_DATA,
                                    DirectoryEntry.offset(in, at),
                                    DirectoryEntry.storedBytes(in, at),
                                    DirectoryEntry.rawBytes(in, at)));
                }
            }
        }
        return places;
    }

    private static Place root(Table table) {
        TableFooter footer = table.footer();
        return new Place(
                TableDescriptor.KIND_ROOT,
                footer.rootOffset(),
                footer.rootBytes(),
                footer.rootBytes());
    }

    private byte[] stored(Place place) {
        byte[] bytes = new byte[place.bytes()];
        try (DiskFile file = disk.openReadOnly(path)) {
            file.read(place.offset, MemorySegment.ofArray(bytes).asByteBuffer());
        }
        return bytes;
    }

    private void store(Place place, byte[] bytes) {
        try (DiskFile file = disk.open(path)) {
            file.write(place.offset, MemorySegment.ofArray(bytes).asByteBuffer());
        }
    }

    /** Damage of which a checksum knows nothing, such as a bug's. */
    private void storeMended(Place place, byte[] bytes) {
        TableDescriptor.sealBlock(MemorySegment.ofArray(bytes), 0, place.storedBytes);
        store(place, bytes);
    }

    /** Reads a block into no more room than it has been promised. */
    private byte[] read(Table table, Place place) {
        int room = TableDescriptor.BLOCK_BYTES + Math.max(place.storedBytes, place.rawBytes);
        try (Region region = memory.chunks().region(account, room)) {
            MemorySegment target = region.memory().asSlice(0, room);
            table.read(place.kind, place.offset, place.storedBytes, place.rawBytes, target, codecs);
            return target.asSlice(TableDescriptor.BLOCK_BYTES, place.rawBytes).toArray(JAVA_BYTE);
        }
    }

    private boolean isFoundDamaged(Table table, Place place) {
        try {
            read(table, place);
            return false;
        } catch (StoreException.Corrupt damage) {
            assertThat(damage.file()).isEqualTo(path);
            assertThat(damage.offsetBytes()).isEqualTo(place.offset);
            return true;
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RAW", "LZ4", "DEFLATE"})
    void aFlippedBitIsFoundAndWithItsChecksumMendedNoMoreIsReadThanWasWritten(
            Codec chosen, Seed seed) {
        SplittableRandom random = seed.random();
        try (Table table = write(chosen, random)) {
            List<Place> places = dataBlocks(table);
            int found = 0;
            for (int i = 0; i < FLIPS; i++) {
                Place place = places.get(random.nextInt(places.size()));
                byte[] whole = stored(place);
                byte[] flipped = whole.clone();
                int at = random.nextInt(TableDescriptor.BLOCK_BYTES, flipped.length);
                flipped[at] ^= (byte) (1 << random.nextInt(8));
                store(place, flipped);
                assertThat(isFoundDamaged(table, place)).isTrue();

                storeMended(place, flipped);
                found += isFoundDamaged(table, place) ? 1 : 0;
                store(place, whole);
            }
            assertThat(found).isBetween(chosen == Codec.RAW ? 0 : 1, FLIPS - 1);
            places.forEach(place -> assertThat(isFoundDamaged(table, place)).isFalse());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LZ4", "DEFLATE"})
    void compressedBytesOfAnyKindExpandToNoMoreThanWasPromised(Codec chosen, Seed seed) {
        SplittableRandom random = seed.random();
        try (Table table = write(chosen, random)) {
            Place place = dataBlocks(table).getFirst();
            byte[] whole = stored(place);
            assertThat(place.storedBytes).isLessThan(place.rawBytes);
            for (int i = 0; i < FLIPS; i++) {
                byte[] other = whole.clone();
                int from = random.nextInt(TableDescriptor.BLOCK_BYTES, other.length);
                byte[] noise = new byte[other.length - from];
                random.nextBytes(noise);
                if (random.nextBoolean()) {
                    Arrays.fill(noise, noise[0]);
                }
                System.arraycopy(noise, 0, other, from, noise.length);
                storeMended(place, other);
                isFoundDamaged(table, place);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RAW", "LZ4", "DEFLATE"})
    void aBlockOfAnotherCodecIsDamagedAndOfALaterReleaseInvalid(Codec chosen, Seed seed) {
        try (Table table = write(chosen, seed.random())) {
            Place place = dataBlocks(table).getFirst();
            int codecAt = TableDescriptor.BLOCK.offset("codec");
            for (int id = 0; id < 256; id++) {
                byte[] other = stored(place);
                other[codecAt] = (byte) id;
                storeMended(place, other);
                Codec named = Codec.ofId(id);
                if (named == null) {
                    assertOfALaterRelease(table, place, "codec " + id);
                } else if (named == Codec.ZSTD) {
                    assertThatThrownBy(() -> read(table, place))
                            .isInstanceOf(StoreException.Invalid.class)
                            .hasMessageContaining(path + " has blocks compressed with zstd: put");
                } else {
                    assertThat(isFoundDamaged(table, place)).isEqualTo(named != chosen);
                }
            }
        }
    }

    @Test
    void aBlockOfAKindOfALaterReleaseIsInvalidAndOfAnotherDamaged(Seed seed) {
        try (Table table = write(Codec.LZ4, seed.random())) {
            Place place = dataBlocks(table).getFirst();
            int kindAt = TableDescriptor.BLOCK.offset("kind");
            for (int kind = 0; kind < 256; kind++) {
                byte[] other = stored(place);
                other[kindAt] = (byte) kind;
                storeMended(place, other);
                if (kind > TableDescriptor.KIND_MAX) {
                    assertOfALaterRelease(table, place, "kind " + kind);
                } else {
                    assertThat(isFoundDamaged(table, place))
                            .isEqualTo(kind != TableDescriptor.KIND_DATA);
                }
            }
        }
    }

    private void assertOfALaterRelease(Table table, Place place, String what) {
        assertThatThrownBy(() -> read(table, place))
                .isInstanceOf(StoreException.Invalid.class)
                .hasMessageContainingAll(path.toString(), what, "a later one wrote it");
    }

    @ParameterizedTest
    @EnumSource(names = {"RAW", "LZ4", "DEFLATE"})
    void theRootNamesTheCodecsAndATableWithOthersIsRefusedWhenItIsOpened(Codec chosen, Seed seed) {
        Table table = write(chosen, seed.random());
        Place root = root(table);
        long sizeBytes = table.sizeBytes();
        table.close();
        byte[] whole = stored(root);
        MemorySegment head = MemorySegment.ofArray(whole);
        assertThat(TableDescriptor.codecs(head, 0) & 1 << chosen.id()).isNotZero();
        assertThat(TableDescriptor.codecs(head, 0) >> chosen.id()).isEqualTo(1);

        for (int id = Codec.ZSTD.id(); id < Short.SIZE; id++) {
            byte[] other = whole.clone();
            TableDescriptor.writeCodecs(MemorySegment.ofArray(other), 0, 1 << id | 1);
            storeMended(root, other);
            cache.close();
            cache = newCache();
            assertThatThrownBy(() -> open(sizeBytes).close())
                    .isInstanceOf(StoreException.Invalid.class)
                    .hasMessageContaining(path.toString())
                    .hasMessageContaining(
                            id == Codec.ZSTD.id()
                                    ? "compressed with zstd: put the module cordwood.lsm.zstd"
                                    : "codec " + id + ", which this release does not know");
        }
    }

    @Test
    void whatIsSaidToBeLargerThanACompressedBlockCanBeIsDamaged(Seed seed) {
        try (Table table = write(Codec.DEFLATE, seed.random())) {
            Place place = dataBlocks(table).getFirst();
            int most = TableDescriptor.EXPANDED_BYTES_MAX;
            assertThat(table.isPlausible(place.offset, place.storedBytes, most)).isTrue();
            assertThat(table.isPlausible(place.offset, place.storedBytes, most + 1)).isFalse();
        }
    }
}
