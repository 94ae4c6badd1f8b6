package cordwood.rocksdb;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactionStyle;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.HyperClockCache;
import org.rocksdb.RocksDBException;
import org.rocksdb.Statistics;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBufferManager;

/** Turns resolved options into RocksDB's, which {@code natives} owns. */
final class Tuning {

    /** Of the blob files the oldest, of which a compaction copies what is still in use. */
    static final int BLOB_SHARE_REWRITTEN = 4;

    private static final int DATA_LEVELS = 7;
    private static final int METADATA_LEVELS = 3;
    private static final int UPPER_LEVELS = 2;
    private static final int METADATA_BLOCK_BYTES = 4 << 10;
    private static final int FORMAT_VERSION = 6;
    private static final int INDEX_RESTART_INTERVAL = 4;
    private static final int TABLE_CACHE_SHARD_BITS = 6;
    private static final int CACHE_SHARD_BITS_MAX = 6;

    /** So that the memtables charged, or a large block, do not fill one shard alone. */
    private static final long CACHE_SHARD_BYTES_MIN = 64L << 20;

    private static final double BLOOM_BITS_PER_KEY = 10;
    private static final double MEMTABLE_BLOOM_RATIO = 0.2;
    private static final int NEVER = 1 << 30;
    private static final long UNUSED_BUFFER_BYTES = 64 << 10;
    private static final long PENDING_COMPACTION_BYTES_SLOW = 512L << 30;
    private static final long PENDING_COMPACTION_BYTES_STOP = 2L << 40;

    private final RocksOptions options;
    private final Natives natives;
    private final Cache cache;
    private final CompactionRoom compactionRoom;
    private final @Nullable Statistics statistics;

    Tuning(RocksOptions options, Natives natives) throws RocksDBException {
        this.options = options;
        this.natives = natives;
        this.compactionRoom = CompactionRoom.of(natives);
        this.cache =
                natives.own(
                        new HyperClockCache(
                                options.sizes().cacheBytes(),
                                0,
                                shardBits(options.sizes().cacheBytes()),
                                false)); // a flush that it refused would end writing: OpenWalks
        if (options.diagnostics().statistics() == null) {
            this.statistics = null;
        } else {
            this.statistics = natives.own(new Statistics());
            this.statistics.setStatsLevel(options.diagnostics().statistics());
        }
    }

    private static int shardBits(long cacheBytes) {
        long shards = Math.max(1, cacheBytes / CACHE_SHARD_BYTES_MIN);
        return Math.min(CACHE_SHARD_BITS_MAX, 63 - Long.numberOfLeadingZeros(shards));
    }

    Cache cache() {
        return cache;
    }

    CompactionRoom compactionRoom() {
        return compactionRoom;
    }

    /** RocksDB's counters, or null where they are switched off. */
    @Nullable Statistics statistics() {
        return statistics;
    }

    DBOptions database(Path walDirectory, boolean createIfMissing) {
        Properties unset = new Properties(); // what RocksDB's Java API has no setter for
        unset.put("wal_compression", options.log().compressed() ? "kZSTD" : "kNoCompression");
        unset.put("max_background_flushes", text(options.compactions().flushes()));
        unset.put("max_background_compactions", text(options.compactions().compactions()));
        unset.put("track_and_verify_wals_in_manifest", "true");
        unset.put("compaction_readahead_size", text(options.compactions().readaheadBytes()));
        DBOptions made = natives.own(DBOptions.getDBOptionsFromProps(unset));
        RocksOptions.Diagnostics diagnostics = options.diagnostics();
        made.setCreateIfMissing(createIfMissing)
                .setCreateMissingColumnFamilies(createIfMissing)
                .setWalDir(walDirectory.toString())
                .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
                .setMaxTotalWalSize(options.sizes().walBytesMax())
                .setAtomicFlush(true)
                .setAvoidFlushDuringShutdown(true) // the store does, where it can
                .setParanoidChecks(options.paranoidChecks())
                .setSstFileManager(compactionRoom.files())
                .setWriteBufferManager(writeBuffers())
                .setMaxSubcompactions(options.compactions().parts())
                .setUseDirectReads(options.tables().directReads())
                .setUseDirectIoForFlushAndCompaction(options.tables().directWrites())
                .setAvoidUnnecessaryBlockingIO(true)
                .setTableCacheNumshardbits(TABLE_CACHE_SHARD_BITS)
                .setSkipStatsUpdateOnDbOpen(true)
                .setAdviseRandomOnOpen(false)
                .setInfoLogLevel(diagnostics.logLevel())
                .setKeepLogFileNum(diagnostics.logFiles())
                .setMaxLogFileSize(diagnostics.logFileBytesMax())
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0);
        if (statistics != null) {
            made.setStatistics(statistics);
        }
        return made;
    }

    private WriteBufferManager writeBuffers() {
        return natives.own(new WriteBufferManager(options.sizes().memtableBytes(), cache, false));
    }

    private static String text(long number) {
        return Long.toString(number);
    }

    ColumnFamilyOptions data() {
        ColumnFamilyOptions made = common(DATA_LEVELS, options.tables().blockBytes());
        made.useFixedLengthPrefixExtractor(Keys.PREFIX_BYTES)
                .setMemtablePrefixBloomSizeRatio(MEMTABLE_BLOOM_RATIO)
                .setMemtableMaxRangeDeletions(Sizes.TRIMS_PER_MEMTABLE_MAX)
                .setCompressionPerLevel(compressions())
                .setLevelZeroFileNumCompactionTrigger(Sizes.L0_TABLES_TO_COMPACT)
                .setMaxBytesForLevelBase(options.sizes().levelBaseBytes())
                .setTargetFileSizeBase(options.sizes().tableBytes())
                .setMaxCompactionBytes(options.sizes().compactionBytesMax());
        separateBlobs(made);
        return made;
    }

    private List<CompressionType> compressions() {
        CompressionType upper =
                options.tables().upperLevelsCompressed()
                        ? CompressionType.LZ4_COMPRESSION
                        : CompressionType.NO_COMPRESSION;
        List<CompressionType> levels = new ArrayList<>();
        for (int level = 0; level < DATA_LEVELS; level++) {
            levels.add(level < UPPER_LEVELS ? upper : CompressionType.ZSTD_COMPRESSION);
        }
        return levels;
    }

    private void separateBlobs(ColumnFamilyOptions made) {
        RocksOptions.Blobs blobs = options.blobs();
        if (!blobs.enabled()) {
            return;
        }
        made.setEnableBlobFiles(true)
                .setMinBlobSize(blobs.blobBytesMin())
                .setBlobCompressionType(
                        blobs.compressed()
                                ? CompressionType.ZSTD_COMPRESSION
                                : CompressionType.NO_COMPRESSION)
                .setEnableBlobGarbageCollection(true)
                .setBlobGarbageCollectionAgeCutoff(1.0 / BLOB_SHARE_REWRITTEN)
                .setBlobGarbageCollectionForceThreshold(0.5)
                .setBlobCompactionReadaheadSize(options.compactions().readaheadBytes());
    }

    ColumnFamilyOptions metadata() {
        ColumnFamilyOptions made = common(METADATA_LEVELS, METADATA_BLOCK_BYTES);
        made.setMergeOperatorName("max")
                .setCompressionType(CompressionType.NO_COMPRESSION)
                .setMemtableWholeKeyFiltering(true)
                .setOptimizeFiltersForHits(true);
        return made;
    }

    /**
     * The family that RocksDB insists on. Short of room, it waits until the largest memtable of any
     * family would fit on the disk: this one's must not be that.
     */
    ColumnFamilyOptions unused() {
        return natives.own(new ColumnFamilyOptions()).setWriteBufferSize(UNUSED_BUFFER_BYTES);
    }

    private ColumnFamilyOptions common(int levels, int blockBytes) {
        ColumnFamilyOptions made = natives.own(new ColumnFamilyOptions());
        made.setCompactionStyle(CompactionStyle.LEVEL)
                .setNumLevels(levels)
                .setLevelCompactionDynamicLevelBytes(true)
                .setWriteBufferSize(options.sizes().writeBufferBytes())
                .setMaxWriteBufferNumber(options.sizes().writeBuffersMax())
                .setLevelZeroSlowdownWritesTrigger(NEVER)
                .setLevelZeroStopWritesTrigger(NEVER)
                .setSoftPendingCompactionBytesLimit(PENDING_COMPACTION_BYTES_SLOW)
                .setHardPendingCompactionBytesLimit(PENDING_COMPACTION_BYTES_STOP)
                .setDisableAutoCompactions(!options.compactions().automatic())
                .setTableFormatConfig(tables(blockBytes));
        Duration period = options.compactions().period();
        if (period != null) {
            made.setPeriodicCompactionSeconds(period.toSeconds());
        }
        return made;
    }

    private BlockBasedTableConfig tables(int blockBytes) {
        return new BlockBasedTableConfig()
                .setFormatVersion(FORMAT_VERSION)
                .setBlockSize(blockBytes)
                .setIndexBlockRestartInterval(INDEX_RESTART_INTERVAL)
                .setFilterPolicy(natives.own(new BloomFilter(BLOOM_BITS_PER_KEY)))
                .setOptimizeFiltersForMemory(true)
                .setBlockCache(cache)
                .setCacheIndexAndFilterBlocks(true)
                .setPinL0FilterAndIndexBlocksInCache(true);
    }
}
