package cordwood.rocksdb;

import cordwood.store.ByteShare;
import cordwood.store.StoreException;
import cordwood.store.StreamBounds;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * An open RocksDB with all native memory that belongs to it, and the register of what was handed
 * out. Closing severs the latter first. Nothing here guards against use after close: the store
 * does.
 */
final class Database implements GroupTarget, AutoCloseable {

    private static final String DATA = "data";
    private static final long FLUSH_TICK_NANOS = 1_000_000;

    private final Natives natives;
    private final Cells cells;
    private final Tuning tuning;
    private final RocksDB rocks;
    private final List<ColumnFamilyHandle> families;
    private final Families familyIds;
    private final WriteOptions writing;
    private final WriteOptions probing;
    private final boolean readOnly;
    private final boolean preallocates;
    private final boolean logged;
    private final boolean tellsOfFailures;
    private final ReadOptions reading;
    private final Set<Dependent> dependents = ConcurrentHashMap.newKeySet();
    private final ByteShare batches;
    private final ByteShare cursors;
    private final OpenWalks walks;

    private Database(
            Natives natives,
            Cells cells,
            Tuning tuning,
            RocksDB rocks,
            List<ColumnFamilyHandle> families,
            RocksOptions options,
            boolean preallocates) {
        this.natives = natives;
        this.cells = cells;
        this.tuning = tuning;
        this.rocks = rocks;
        this.families = families;
        this.familyIds = new Families(data().getID(), metadata().getID());
        this.writing = natives.own(new WriteOptions().setDisableWAL(!options.log().enabled()));
        this.probing = natives.own(new WriteOptions().setDisableWAL(true));
        this.readOnly = options.readOnly();
        this.preallocates = preallocates;
        this.logged = options.log().enabled();
        this.tellsOfFailures = options.paranoidChecks();
        this.reading = natives.own(new ReadOptions());
        this.batches = new ByteShare("batches", options.sizes().batchBytes());
        this.cursors = new ByteShare("cursors", options.sizes().cursorBytes());
        this.walks =
                new OpenWalks(
                        options.sizes().iteratorsMax(),
                        OpenWalks.PIN_NANOS_MAX,
                        new CacheRoom(
                                tuning.cache(),
                                options.sizes().cacheBytes(),
                                this::pinnedMemtableBytes));
        walks.start();
    }

    /**
     * Opens the database of a claimed directory, creating it where that is due. The cells are the
     * database's own once it is open.
     */
    static Database open(StoreDirectory directory, Cells cells, RocksOptions options) {
        NativeLibrary.load();
        Natives natives = new Natives();
        boolean opened = false;
        try {
            Tuning tuning = new Tuning(options, natives);
            DBOptions databaseOptions =
                    tuning.database(directory.walDirectory(), !directory.isReady());
            boolean preallocates = directory.isRoomy(); // else it would be missing elsewhere
            databaseOptions.setAllowFAllocate(preallocates);
            boundCompactions(tuning, directory, options);
            List<ColumnFamilyDescriptor> descriptors =
                    List.of(
                            new ColumnFamilyDescriptor(
                                    RocksDB.DEFAULT_COLUMN_FAMILY, tuning.unused()),
                            new ColumnFamilyDescriptor(name(DATA), tuning.data()),
                            new ColumnFamilyDescriptor(name("metadata"), tuning.metadata()));
            List<ColumnFamilyHandle> families = new ArrayList<>();
            String path = directory.database().toString();
            RocksDB rocks =
                    natives.own(
                            options.readOnly()
                                    ? RocksDB.openReadOnly(
                                            databaseOptions, path, descriptors, families)
                                    : RocksDB.open(databaseOptions, path, descriptors, families));
            families.forEach(natives::own);
            directory.databaseIsThere();
            Database database =
                    new Database(natives, cells, tuning, rocks, families, options, preallocates);
            opened = true;
            return database;
        } catch (RocksDBException e) {
            throw Problems.open(directory.database(), e);
        } finally {
            if (!opened) {
                natives.close();
            }
        }
    }

    /** Whether what is written is in a log, too. */
    boolean isLogged() {
        return logged;
    }

    /** What a compaction may copy of large values, whatever is in its tables. */
    long rewrittenBlobBytes() {
        return figure(data(), "rocksdb.total-blob-file-size") / Tuning.BLOB_SHARE_REWRITTEN;
    }

    /** The tables of records. */
    List<LiveFileMetaData> dataTables() {
        byte[] family = name(DATA);
        return rocks.getLiveFilesMetaData().stream()
                .filter(table -> Arrays.equals(table.columnFamilyName(), family))
                .toList();
    }

    /** RocksDB begins compactions before {@link Upkeep} looks at the disk. */
    private static void boundCompactions(
            Tuning tuning, StoreDirectory directory, RocksOptions options) {
        if (options.paranoidChecks() && !directory.isRoomy()) {
            tuning.compactionRoom().allow(directory.disk().usableBytes(directory.path()));
        }
    }

    private static byte[] name(String family) {
        return family.getBytes(StandardCharsets.UTF_8);
    }

    RocksDB rocks() {
        return rocks;
    }

    ColumnFamilyHandle data() {
        return families.get(1);
    }

    ColumnFamilyHandle metadata() {
        return families.get(2);
    }

    /** What encoded batches call the two; asking RocksDB is a call into native code. */
    Families familyIds() {
        return familyIds;
    }

    /** Both families that hold anything. */
    List<ColumnFamilyHandle> used() {
        return families.subList(1, 3);
    }

    Tuning tuning() {
        return tuning;
    }

    CompactionRoom compactionRoom() {
        return tuning.compactionRoom();
    }

    WriteOptions writing() {
        return writing;
    }

    /** Whether files take room ahead, a new log most of all. */
    boolean preallocates() {
        return preallocates;
    }

    /** Where batches are encoded. */
    Cells cells() {
        return cells;
    }

    /** What the batches handed out hold. */
    ByteShare batches() {
        return batches;
    }

    /** What the cursors handed out hold on the heap. */
    ByteShare cursors() {
        return cursors;
    }

    /** The iterators of the cursors handed out. */
    OpenWalks walks() {
        return walks;
    }

    <T extends Dependent> T remember(T handedOut) {
        dependents.add(handedOut);
        return handedOut;
    }

    void forget(Dependent handedOut) {
        dependents.remove(handedOut);
    }

    byte @Nullable [] metadata(int spaceId, long stream, int id) {
        try {
            return rocks.get(metadata(), reading, Keys.metadata(spaceId, stream, id));
        } catch (RocksDBException e) {
            throw Problems.read("cannot read a stream's attribute", e);
        }
    }

    @Override
    public void write(WriteBatch batch) throws RocksDBException {
        rocks.write(writing, batch);
    }

    @Override
    public void syncLog() throws RocksDBException {
        rocks.syncWal();
    }

    /** The stored trim point of a stream, or {@link StreamBounds#NEVER_TRIMMED}. */
    @Override
    public long trimmedTo(int spaceId, long stream) {
        byte[] value = metadata(spaceId, stream, Keys.TRIM_POINT_ID);
        return value == null ? StreamBounds.NEVER_TRIMMED : Keys.trimPointOf(value);
    }

    /** Bytes that a flush would write, at most. */
    long memtableBytes() {
        return sum("rocksdb.cur-size-all-mem-tables");
    }

    void flush() {
        try (FlushOptions flushing = new FlushOptions().setWaitForFlush(tellsOfFailures)) {
            requireResumed();
            long failuresBefore = tellsOfFailures ? 0 : backgroundFailures();
            rocks.flush(flushing, used());
            if (!tellsOfFailures) {
                awaitFlush(failuresBefore);
            }
        } catch (RocksDBException e) {
            throw Problems.write(e);
        }
    }

    /** Without its paranoid checks RocksDB has who waits for a flush that fails wait for ever. */
    private void awaitFlush(long failuresBefore) {
        while (sum("rocksdb.num-immutable-mem-table") > 0) {
            if (backgroundFailures() > failuresBefore) {
                throw new StoreException.Full(
                        "a flush or compaction has failed, most likely for want of room:"
                                + " RocksDB's file LOG says why; flush again",
                        null);
            }
            LockSupport.parkNanos(this, FLUSH_TICK_NANOS);
        }
    }

    /**
     * Refuses where RocksDB has found no room: it flushes all memtables itself to resume, and a
     * flush asked for meanwhile keeps it from that for ever. A write of nothing tells.
     */
    private void requireResumed() throws RocksDBException {
        if (readOnly) {
            return; // it flushes nothing
        }
        try (WriteBatch nothing = new WriteBatch()) {
            rocks.write(probing, nothing);
        }
    }

    /** Whether RocksDB would write: not where it has found no room, and waits for some. */
    boolean isResumed() {
        return refusal() == null;
    }

    /** Whether RocksDB has found no room and waits for some. */
    boolean awaitsRoom() {
        RocksDBException refusal = refusal();
        return refusal != null && Problems.isNoSpace(refusal);
    }

    private @Nullable RocksDBException refusal() {
        try {
            requireResumed();
            return null;
        } catch (RocksDBException e) {
            return e;
        }
    }

    @Override
    public void close() {
        walks.close();
        dependents.forEach(Dependent::sever);
        dependents.clear();
        try (cells) {
            endBackgroundWork();
            natives.close();
        }
    }

    /**
     * Ends flushes and compactions, which must be over before RocksDB closes: it would wait for one
     * that finds no room until there is some.
     */
    void endBackgroundWork() {
        rocks.cancelAllBackgroundWork(false);
    }

    /** A figure of one family, 0 where RocksDB does not know it. */
    long figure(ColumnFamilyHandle family, String property) {
        try {
            return rocks.getLongProperty(family, property);
        } catch (RocksDBException e) {
            return 0;
        }
    }

    /** A figure of the whole database, 0 where RocksDB does not know it. */
    long figure(String property) {
        return figure(families.getFirst(), property);
    }

    /** Memtables, also those that only walks keep. */
    private long pinnedMemtableBytes() {
        return sum("rocksdb.size-all-mem-tables");
    }

    private long sum(String property) {
        long sum = 0;
        for (ColumnFamilyHandle family : used()) {
            sum += figure(family, property);
        }
        return sum;
    }

    /** How often a flush or compaction has failed. */
    long backgroundFailures() {
        return figure("rocksdb.background-errors");
    }

    long tablesAtLevel(ColumnFamilyHandle family, int level) {
        try {
            return Long.parseLong(rocks.getProperty(family, "rocksdb.num-files-at-level" + level));
        } catch (RocksDBException e) {
            return 0;
        }
    }

    String report() {
        try {
            return rocks.getProperty(data(), "rocksdb.stats");
        } catch (RocksDBException e) {
            throw Problems.read("cannot read RocksDB's statistics", e);
        }
    }

    void compact() {
        flush();
        try (CompactRangeOptions thorough =
                new CompactRangeOptions()
                        .setBottommostLevelCompaction(
                                CompactRangeOptions.BottommostLevelCompaction.kForceOptimized)) {
            compactionRoom()
                    .run(() -> {
                        for (ColumnFamilyHandle family : used()) {
                            rocks.compactRange(family, null, null, thorough);
                        }
                    });
        } catch (RocksDBException e) {
            throw Problems.write(e);
        }
    }

    void copyTo(Path target) {
        try (Checkpoint checkpoint = Checkpoint.create(rocks)) {
            if (!readOnly) {
                flush(); // it does, too, but waits for ever where that finds no room
            }
            checkpoint.createCheckpoint(target.toString());
        } catch (RocksDBException e) {
            throw Problems.copy(target, e);
        }
    }
}
