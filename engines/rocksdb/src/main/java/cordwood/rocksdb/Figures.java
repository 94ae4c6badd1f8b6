package cordwood.rocksdb;

import cordwood.store.Metric;
import cordwood.store.StoreMetrics;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.HistogramType;
import org.rocksdb.Statistics;
import org.rocksdb.TickerType;

/** Reads RocksDB's counters and properties under the contract's names. */
final class Figures {

    private static final int DATA_LEVELS = 7;

    private final Database database;
    private final RocksOptions options;

    Figures(Database database, RocksOptions options) {
        this.database = database;
        this.options = options;
    }

    /**
     * Adds RocksDB's figures to a snapshot.
     *
     * @param syncNanos time spent in syncs of the log
     * @param preparedBytes written by us to take room
     */
    void report(StoreMetrics.Builder metrics, long syncNanos, long preparedBytes) {
        Statistics statistics = database.tuning().statistics();
        if (statistics != null) {
            counters(metrics, statistics);
        }
        metrics.set(Metric.WAL_SYNC_NANOS, syncNanos).set(Metric.PREPARED_BYTES, preparedBytes);
        long memtableBytes = sum("rocksdb.cur-size-all-mem-tables");
        long readerBytes = sum("rocksdb.estimate-table-readers-mem");
        // memtables are charged to the cache
        long cacheBytes = database.tuning().cache().getUsage();
        long batchBytes = database.batches().usedBytes();
        long cellBytes = database.cells().bytes();
        metrics.set(Metric.MEMTABLE_BYTES, memtableBytes)
                .set(Metric.TABLE_READER_BYTES, readerBytes)
                .set(Metric.BLOCK_CACHE_BYTES, Math.max(0, cacheBytes - memtableBytes))
                .set(Metric.OFF_HEAP_BYTES, cacheBytes + readerBytes + batchBytes + cellBytes)
                .set(Metric.TABLE_BYTES, sum("rocksdb.live-sst-files-size"))
                .set(
                        Metric.PENDING_COMPACTION_BYTES,
                        sum("rocksdb.estimate-pending-compaction-bytes"));
        tables(metrics);
        engine(metrics, memtableBytes, batchBytes);
        metrics.engine("cell_bytes", cellBytes)
                .engine("cursor_heap_bytes", database.cursors().usedBytes())
                .engine("open_iterators", database.walks().size());
    }

    /** Its manifest and text log are counted nowhere; they are small. */
    private static void counters(StoreMetrics.Builder metrics, Statistics statistics) {
        long walBytes = statistics.getTickerCount(TickerType.WAL_FILE_BYTES);
        long flushBytes = statistics.getTickerCount(TickerType.FLUSH_WRITE_BYTES);
        long compactionBytes = statistics.getTickerCount(TickerType.COMPACT_WRITE_BYTES);
        metrics.set(Metric.FILE_BYTES, walBytes + flushBytes + compactionBytes)
                .set(Metric.WAL_BYTES, walBytes)
                .set(Metric.WAL_SYNCS, statistics.getTickerCount(TickerType.WAL_FILE_SYNCED))
                .set(Metric.FLUSH_BYTES, flushBytes)
                .set(
                        Metric.COMPACTION_READ_BYTES,
                        statistics.getTickerCount(TickerType.COMPACT_READ_BYTES))
                .set(Metric.COMPACTION_WRITE_BYTES, compactionBytes)
                .set(Metric.STALL_NANOS, 1_000 * statistics.getTickerCount(TickerType.STALL_MICROS))
                .set(Metric.BLOCK_CACHE_HITS, statistics.getTickerCount(TickerType.BLOCK_CACHE_HIT))
                .set(
                        Metric.BLOCK_CACHE_MISSES,
                        statistics.getTickerCount(TickerType.BLOCK_CACHE_MISS))
                .set(
                        Metric.FLUSHES,
                        statistics.getHistogramData(HistogramType.FLUSH_TIME).getCount())
                .set(
                        Metric.COMPACTIONS,
                        statistics.getHistogramData(HistogramType.COMPACTION_TIME).getCount());
    }

    private void tables(StoreMetrics.Builder metrics) {
        long tables = 0;
        for (int level = 0; level < DATA_LEVELS; level++) {
            long atLevel = database.tablesAtLevel(database.data(), level);
            metrics.engine("data_level_%d_tables".formatted(level), atLevel);
            tables += atLevel;
        }
        for (int level = 0; level < DATA_LEVELS; level++) {
            tables += database.tablesAtLevel(database.metadata(), level);
        }
        metrics.set(Metric.TABLES, tables);
    }

    private void engine(StoreMetrics.Builder metrics, long memtableBytes, long batchBytes) {
        metrics.engine("write_buffer_manager_capacity_bytes", options.sizes().memtableBytes())
                .engine("write_buffer_manager_used_bytes", memtableBytes)
                .engine("block_cache_capacity_bytes", options.sizes().cacheBytes())
                .engine("block_cache_pinned_bytes", database.tuning().cache().getPinnedUsage())
                .engine("batch_bytes", batchBytes)
                .engine("sealed_memtables", sum("rocksdb.num-immutable-mem-table"))
                .engine("active_memtable_bytes", sum("rocksdb.cur-size-active-mem-table"))
                .engine("running_flushes", database.figure("rocksdb.num-running-flushes"))
                .engine("running_compactions", database.figure("rocksdb.num-running-compactions"))
                .engine("write_stopped", database.figure("rocksdb.is-write-stopped"))
                .engine(
                        "delayed_write_bytes_per_second",
                        database.figure("rocksdb.actual-delayed-write-rate"))
                .engine("background_errors", database.figure("rocksdb.background-errors"))
                .engine("estimated_keys", sum("rocksdb.estimate-num-keys"))
                .engine("all_table_bytes", sum("rocksdb.total-sst-files-size"));
    }

    private long sum(String property) {
        long sum = 0;
        for (ColumnFamilyHandle family : database.used()) {
            sum += database.figure(family, property);
        }
        return sum;
    }

    /** RocksDB's own report and its counters, for people. */
    String text() {
        @Nullable Statistics statistics = database.tuning().statistics();
        String report = database.report();
        return statistics == null ? report : report + "\n" + statistics;
    }
}
