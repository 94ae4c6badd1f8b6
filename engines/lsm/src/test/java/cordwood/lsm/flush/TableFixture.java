package cordwood.lsm.flush;

import cordwood.lsm.codec.Codec;
import cordwood.lsm.codec.SpaceCodecs;
import cordwood.lsm.compaction.CompactionScheduler;
import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.RunLength;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.format.Stretch;
import cordwood.lsm.format.Varint;
import cordwood.lsm.manifest.Edit;
import cordwood.lsm.manifest.Manifest;
import cordwood.lsm.manifest.TableEntry;
import cordwood.lsm.memtable.Memtable;
import cordwood.lsm.memtable.MemtablePool;
import cordwood.lsm.read.Merge;
import cordwood.lsm.table.BlockCache;
import cordwood.lsm.table.CompressionPolicy;
import cordwood.lsm.table.DirectoryMemory;
import cordwood.lsm.table.Table;
import cordwood.lsm.table.TableWriter;
import cordwood.lsm.table.Temperature;
import cordwood.memory.Account;
import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.memory.Region;
import cordwood.store.StoreOptions;
import cordwood.testkit.disk.CrashingDisk;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Executor;

/** Memtables and tables without a store around them, with small blocks, and what is in them. */
public final class TableFixture implements AutoCloseable {

    static final Path DIRECTORY = Path.of("/disk/store").toAbsolutePath();
    private static final int BLOCK_BYTES = 1 << 10;
    private static final int MEMTABLE_BYTES = 256 << 10;
    private static final int MEMTABLES = 16;
    private static final int STRETCH_RECORDS_MAX = 5;

    /** Records by key and position. */
    public static final class Content extends TreeMap<StreamKey, SortedMap<Long, byte[]>> {
        private static final long serialVersionUID = 1;

        public void put(StreamKey key, long position, byte[] value) {
            computeIfAbsent(key, _ -> new TreeMap<>()).put(position, value);
        }

        /** The other one is newer. */
        public void overwriteWith(Content other) {
            other.forEach(
                    (key, records) -> computeIfAbsent(key, _ -> new TreeMap<>()).putAll(records));
        }
    }

    final CrashingDisk disk = new CrashingDisk(1);
    final Memory memory = Memory.open(MemoryOptions.ofBudget(StoreOptions.MEMORY_BUDGET_BYTES_MIN));
    final Account account = memory.budget().account("test");
    public final Region room = memory.chunks().region(account, CompactionScheduler.ROOM_BYTES);
    final MemtablePool memtables =
            new MemtablePool(memory.chunks(), account, account, MEMTABLE_BYTES, MEMTABLES, 0);
    public final TableStore tables;
    private final Manifest manifest;

    /** With tables of as many blocks as the tests of merges like. */
    public TableFixture() {
        this(8);
    }

    /** With tables of so many blocks at most. */
    public TableFixture(int blocksMax) {
        this(blocksMax, Runnable::run);
    }

    /** And syncs run there. */
    TableFixture(int blocksMax, Executor syncs) {
        disk.createDirectories(DIRECTORY);
        manifest = Manifest.create(disk, DIRECTORY, memory.chunks(), account);
        tables =
                new TableStore(
                        disk,
                        DIRECTORY,
                        manifest,
                        new BlockCache(
                                memory.chunks(),
                                account,
                                account,
                                64 << 10,
                                BLOCK_BYTES,
                                new DirectoryMemory(memory.chunks(), account, 256 << 10)),
                        new TableWriter.Style(
                                BLOCK_BYTES,
                                new CompressionPolicy(new SpaceCodecs(Codec.RAW)),
                                new CompressionPolicy(new SpaceCodecs(Codec.RAW)),
                                64L << 20,
                                blocksMax),
                        syncs);
    }

    /** Puts a row of tables on record, all of one kind, in short runs. */
    public List<Table> row(
            RecordKind kind, Content content, long lastSequence, SplittableRandom random) {
        return row(kind, RunLength.SHORT, content, lastSequence, random);
    }

    /** As above, in runs that are taken to be of a length. */
    public List<Table> row(
            RecordKind kind,
            RunLength runs,
            Content content,
            long lastSequence,
            SplittableRandom random) {
        try (TablesWriter writer =
                new TablesWriter(
                        tables,
                        new TableWriter.Content(kind, runs, Temperature.WARM),
                        room.memory(),
                        lastSequence)) {
            content.forEach((key, records) -> {
                for (Encoded stretch : stretches(records, random)) {
                    writer.add(
                            key,
                            stretch.payload,
                            0,
                            stretch.bytes(),
                            stretch.count,
                            stretch.first,
                            stretch.last);
                }
            });
            List<TableEntry> entries = writer.finish();
            return tables.record(entries, List.of(new Edit.Flushed(lastSequence)));
        }
    }

    /** An empty memtable. */
    public Memtable memtable() {
        return Objects.requireNonNull(memtables.tryTake());
    }

    /** Applies a batch to a memtable. */
    public void apply(Memtable memtable, Content batch, long sequence, SplittableRandom random) {
        byte[] body = new byte[MEMTABLE_BYTES];
        MemorySegment segment = MemorySegment.ofArray(body);
        int end = 0;
        for (Map.Entry<StreamKey, SortedMap<Long, byte[]>> stream : batch.entrySet()) {
            for (Encoded stretch : stretches(stream.getValue(), random)) {
                Stretch.writeHead(
                        segment,
                        end,
                        stream.getKey(),
                        stretch.count,
                        stretch.bytes(),
                        stretch.first,
                        stretch.last);
                end += Stretch.HEAD_BYTES;
                MemorySegment.copy(stretch.payload, 0, segment, end, stretch.bytes());
                end += stretch.bytes();
            }
        }
        long place = memtable.take(end, false);
        if (place < 0) {
            throw new IllegalStateException("the memtable of a test is full");
        }
        MemorySegment.copy(segment, 0, memtable.segment(place), Memtable.offset(place), end);
        memtable.apply(place, end, sequence);
    }

    private record Encoded(MemorySegment payload, int count, long first, long last) {
        private int bytes() {
            return (int) payload.byteSize();
        }
    }

    private static List<Encoded> stretches(
            SortedMap<Long, byte[]> records, SplittableRandom random) {
        List<Encoded> stretches = new ArrayList<>();
        List<Map.Entry<Long, byte[]>> left = new ArrayList<>(records.entrySet());
        while (!left.isEmpty()) {
            int count = Math.min(left.size(), 1 + random.nextInt(STRETCH_RECORDS_MAX));
            stretches.add(encoded(left.subList(0, count)));
            left = left.subList(count, left.size());
        }
        return stretches;
    }

    private static Encoded encoded(List<Map.Entry<Long, byte[]>> records) {
        byte[] payload = new byte[1 << 16];
        int at = 0;
        long before = 0;
        for (int i = 0; i < records.size(); i++) {
            long position = records.get(i).getKey();
            byte[] value = records.get(i).getValue();
            at = i == 0 ? at : Varint.put(payload, at, position - before);
            at = Varint.put(payload, at, value.length);
            System.arraycopy(value, 0, payload, at, value.length);
            at += value.length;
            before = position;
        }
        return new Encoded(
                MemorySegment.ofArray(Arrays.copyOf(payload, at)),
                records.size(),
                records.getFirst().getKey(),
                before);
    }

    /** What a merge shows from a position on, at most so many. */
    public static List<String> read(Merge merge, long from, boolean rising, int recordsMax) {
        List<String> seen = new ArrayList<>();
        merge.seek(from, rising);
        while (seen.size() < recordsMax && merge.next()) {
            byte[] value = new byte[merge.valueBytes()];
            MemorySegment.copy(
                    merge.segment(),
                    merge.valueAt(),
                    MemorySegment.ofArray(value),
                    0,
                    value.length);
            seen.add(text(merge.position(), value));
        }
        return seen;
    }

    /** What it should show. */
    public static List<String> expected(
            SortedMap<Long, byte[]> records, long from, boolean rising, int recordsMax) {
        TreeMap<Long, byte[]> all = new TreeMap<>(records);
        Map<Long, byte[]> seen =
                rising ? all.tailMap(from, true) : all.headMap(from, true).descendingMap();
        return seen.entrySet().stream()
                .limit(recordsMax)
                .map(record -> text(record.getKey(), record.getValue()))
                .toList();
    }

    private static String text(long position, byte[] value) {
        return position + "=" + Arrays.hashCode(value) + "/" + value.length;
    }

    @Override
    public void close() {
        manifest.close();
        memory.close();
    }
}
