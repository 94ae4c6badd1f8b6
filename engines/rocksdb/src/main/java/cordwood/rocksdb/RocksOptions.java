package cordwood.rocksdb;

import cordwood.files.Disk;
import cordwood.files.FileFailure;
import cordwood.store.AllocatorChoice;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider.Setting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.StatsLevel;

/** The engine's options as resolved, with what was derived from the memory budget. */
record RocksOptions(
        Sizes sizes,
        Log log,
        Commits commits,
        Tables tables,
        Blobs blobs,
        Compactions compactions,
        Diagnostics diagnostics,
        boolean readOnly,
        boolean paranoidChecks,
        AllocatorChoice allocator,
        List<Setting> settings) {

    /** The write-ahead log. */
    record Log(boolean enabled, boolean synced, boolean compressed, @Nullable Path directory) {}

    /** Bounds of a group of batches. */
    record Commits(long groupBytesMax, int groupBatchesMax) {}

    /** The table files. */
    record Tables(
            long fileBytesMax,
            int blockBytes,
            boolean upperLevelsCompressed,
            boolean directReads,
            boolean directWrites) {}

    /** Large values kept outside the tables. */
    record Blobs(boolean enabled, long blobBytesMin, boolean compressed) {}

    /** Background work. */
    record Compactions(
            int flushes,
            int compactions,
            int parts,
            long readaheadBytes,
            boolean automatic,
            @Nullable Duration period) {}

    /** What RocksDB says about itself. */
    record Diagnostics(
            @Nullable StatsLevel statistics,
            InfoLogLevel logLevel,
            int logFiles,
            long logFileBytesMax) {}

    private static final long MIB = 1L << 20;
    private static final long FILE_BYTES_MAX = 1L << 40;

    static final Set<String> KEYS =
            Set.of(
                    "compaction-readahead-size",
                    "block-size",
                    "blob-min-size",
                    "disable-auto-compactions",
                    "disable-blob-compression",
                    "disable-direct-io-for-flush-and-compactions",
                    "disable-direct-io-for-reads",
                    "disable-l0-l1-compression",
                    "disable-paranoid-checks",
                    "disable-statistics",
                    "disable-wal",
                    "disable-wal-compression",
                    "disable-wal-fsync",
                    "enable-blob-separation",
                    "log-keep-file-num",
                    "log-level",
                    "log-max-file-size",
                    "max-background-compactions",
                    "max-file-size",
                    "max-sub-compactions",
                    "periodic-compaction",
                    "read-only",
                    "statistics-level",
                    "wal-dir",
                    "write-batch-commit-bytes",
                    "write-batch-commit-count");

    /** A group is encoded in one array, with a batch that is larger by itself. */
    private static final long COMMIT_BYTES_MAX = 1L << 30;

    private static final Map<String, InfoLogLevel> LOG_LEVELS =
            ordered(
                    Map.entry("debug", InfoLogLevel.DEBUG_LEVEL),
                    Map.entry("info", InfoLogLevel.INFO_LEVEL),
                    Map.entry("warn", InfoLogLevel.WARN_LEVEL),
                    Map.entry("error", InfoLogLevel.ERROR_LEVEL),
                    Map.entry("fatal", InfoLogLevel.FATAL_LEVEL),
                    Map.entry("header", InfoLogLevel.HEADER_LEVEL));

    private static final Map<String, StatsLevel> STATISTICS_LEVELS =
            ordered(
                    Map.entry("except-detailed-timers", StatsLevel.EXCEPT_DETAILED_TIMERS),
                    Map.entry("except-time-for-mutex", StatsLevel.EXCEPT_TIME_FOR_MUTEX),
                    Map.entry("all", StatsLevel.ALL));

    @SafeVarargs
    private static <T> Map<String, T> ordered(Map.Entry<String, T>... entries) {
        Map<String, T> map = new LinkedHashMap<>();
        for (Map.Entry<String, T> entry : entries) {
            map.put(entry.getKey(), entry.getValue());
        }
        return map;
    }

    /** Resolves the options of a store; unknown keys were refused before. */
    static RocksOptions of(StoreOptions options) {
        return of(options, Disk.real());
    }

    /** The same, on a disk that was looked at. */
    static RocksOptions of(StoreOptions options, Disk disk) {
        OptionReader reader = new OptionReader(options.engine());
        Tables tables = tables(reader);
        Sizes sizes =
                Sizes.derive(
                        options.memoryBudgetBytes(),
                        tables.fileBytesMax(),
                        freeBytes(disk, options.directory()),
                        reader);
        reader.derived(
                "disk-reserve",
                Reserve.bytesMax(sizes.writeBufferBytes()),
                "2 write buffers, at most 64 MiB, or one and an eighth where that is more;"
                        + " kept on disk once less than 4 GiB are free, of that at most 1/4");
        Log log = log(reader);
        Commits commits = commits(reader, sizes);
        Blobs blobs =
                new Blobs(
                        reader.flag("enable-blob-separation", false),
                        reader.bytes("blob-min-size", MIB / 2, "default", 1),
                        !reader.flag("disable-blob-compression", false));
        Compactions compactions = compactions(reader);
        Diagnostics diagnostics = diagnostics(reader);
        boolean readOnly = reader.flag("read-only", false);
        boolean paranoid = !reader.flag("disable-paranoid-checks", false);
        return new RocksOptions(
                sizes,
                log,
                commits,
                tables,
                blobs,
                compactions,
                diagnostics,
                readOnly,
                paranoid,
                options.allocator(),
                reader.settings());
    }

    /** Where the directory is, or is to be; where nobody can say, writing will tell. */
    private static long freeBytes(Disk disk, Path directory) {
        try {
            Path place = directory.toAbsolutePath();
            for (Path parent = place.getParent();
                    !disk.exists(place) && parent != null;
                    parent = place.getParent()) {
                place = parent;
            }
            return disk.usableBytes(place);
        } catch (FileFailure _) {
            return Long.MAX_VALUE;
        }
    }

    private static Tables tables(OptionReader reader) {
        return new Tables(
                reader.bytes("max-file-size", 128 * MIB, "default", 16 * MIB, FILE_BYTES_MAX),
                (int) reader.bytes("block-size", 64 << 10, "default", 1 << 10, 16 * MIB),
                !reader.flag("disable-l0-l1-compression", false),
                !reader.flag("disable-direct-io-for-reads", true),
                !reader.flag("disable-direct-io-for-flush-and-compactions", true));
    }

    private static Log log(OptionReader reader) {
        boolean disabled = reader.flag("disable-wal", false);
        boolean unsynced = reader.flag("disable-wal-fsync", false);
        boolean plain = reader.flag("disable-wal-compression", true);
        Path directory = reader.directory("wal-dir", "default: beside the tables");
        reader.note(
                "wal-recovery",
                "tolerate-corrupted-tail-records",
                "a torn tail is what a crash leaves; anything else is refused");
        reader.note("wal-recycled-files", "0", "RocksDB recycles none under this recovery");
        return new Log(!disabled, !disabled && !unsynced, !plain, directory);
    }

    private static Commits commits(OptionReader reader, Sizes sizes) {
        return new Commits(
                reader.bytes(
                        "write-batch-commit-bytes",
                        Math.min(Math.ceilDiv(sizes.writeBufferBytes(), 10), COMMIT_BYTES_MAX),
                        "a tenth of the write buffer, at most 1 GiB",
                        1,
                        COMMIT_BYTES_MAX),
                reader.count("write-batch-commit-count", 1_024, "default", 1, 1 << 20));
    }

    private static Compactions compactions(OptionReader reader) {
        int cores = Runtime.getRuntime().availableProcessors();
        int flushes = 2;
        reader.note("max-background-flushes", String.valueOf(flushes), "fixed");
        return new Compactions(
                flushes,
                reader.count(
                        "max-background-compactions",
                        Math.max(2, cores / 2),
                        "half of %d cores, at least 2".formatted(cores),
                        1,
                        1_024),
                Math.max(1, reader.count("max-sub-compactions", 1, "default; 0 means 1", 0, 1_024)),
                reader.bytes("compaction-readahead-size", 2_000_000, "default", 0, 64 * MIB),
                !reader.flag("disable-auto-compactions", false),
                reader.seconds("periodic-compaction", "default: RocksDB's own"));
    }

    private static Diagnostics diagnostics(OptionReader reader) {
        boolean silent = reader.flag("disable-statistics", false);
        StatsLevel level =
                reader.choice("statistics-level", "except-detailed-timers", STATISTICS_LEVELS);
        return new Diagnostics(
                silent ? null : level,
                reader.choice("log-level", "error", LOG_LEVELS),
                reader.count("log-keep-file-num", 1, "default", 1, 1_000),
                reader.bytes("log-max-file-size", 64 * MIB, "default", 1 << 10));
    }
}
