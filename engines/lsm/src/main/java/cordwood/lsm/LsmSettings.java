package cordwood.lsm;

import cordwood.lsm.codec.SpaceCodecs;
import cordwood.store.ByteSize;
import cordwood.store.StoreException;
import cordwood.store.StoreLimits;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Everything in force, derived from the budgets of memory and disk where nothing was given.
 *
 * @param memoryBudgetBytes most off-heap memory in all
 * @param diskBudgetBytes most bytes of all files, {@code Long.MAX_VALUE} for no bound
 * @param retention how much of their records spaces keep
 * @param memtableBytes room of a memtable
 * @param memtables how many there can be at once
 * @param segmentBytes size of a segment of the write-ahead log
 * @param blockBytes size at which a table's block is closed
 * @param codecs of the blocks of warm tables
 * @param coldCodecs of those of cold ones
 * @param blockCacheBytes room for blocks
 * @param largeBytes room for batches and records that are larger than memtables and blocks
 * @param limits what is refused
 */
record LsmSettings(
        long memoryBudgetBytes,
        long diskBudgetBytes,
        RetentionSizes retention,
        long memtableBytes,
        int memtables,
        long segmentBytes,
        int blockBytes,
        SpaceCodecs codecs,
        SpaceCodecs coldCodecs,
        long blockCacheBytes,
        long largeBytes,
        StoreLimits limits) {

    private static final String DISK_BUDGET = "disk-budget";
    private static final String RETENTION_BYTES = "retention-bytes";
    private static final String MEMTABLE_SIZE = "memtable-size";
    private static final String WAL_SEGMENT_SIZE = "wal-segment-size";
    private static final String BLOCK_SIZE = "block-size";
    private static final String BLOCK_CACHE_SIZE = "block-cache-size";

    static final Set<String> KEYS =
            Set.of(
                    DISK_BUDGET,
                    RETENTION_BYTES,
                    MEMTABLE_SIZE,
                    WAL_SEGMENT_SIZE,
                    BLOCK_SIZE,
                    BLOCK_CACHE_SIZE,
                    Compression.KEY,
                    Compression.COLD_KEY);

    private static final long GRANULE_BYTES = 64 << 10;

    /** Two share a chunk of the memory, with the buffers and cached blocks that any store has. */
    private static final long MEMTABLE_BYTES_MAX = 13L << 20;

    private static final int MEMTABLES_MAX = 16;

    /** Part of the budget for memtables: a larger one is resident, and flushed no faster. */
    private static final int MEMTABLES_DIVISOR = 4;

    /** Part of the budget for batches and records that are large, and of that for one batch. */
    private static final int LARGE_DIVISOR = 4;

    private static final int BATCH_DIVISOR = 2;

    /**
     * A merge of a few tables needs no more: a block of 32 KiB and two of the directory of each.
     */
    private static final long BACKGROUND_BYTES_MAX = 4L << 20;

    private static final int BACKGROUND_DIVISOR = 32;

    /** Part of the budget for directories: enough for those of tables a hundred times its size. */
    private static final int DIRECTORY_DIVISOR = 4;

    private static final int SCAN_DIVISOR = 32;

    private static final long SEGMENT_BYTES = 16L << 20;
    private static final long BLOCK_BYTES = 32L << 10;
    private static final long GROUP_BYTES_MAX = 1L << 20;
    private static final long SIZE_BYTES_MAX = 1L << 30;

    /** A disk budget of this much has a use for the smallest memtables and segments. */
    private static final long DISK_BYTES_MIN = 8L << 20;

    /** Part of the disk budget for a segment: some four are there at least. */
    private static final int DISK_SEGMENT_DIVISOR = 32;

    /** Part of it for a memtable, and for all of them, which are in the log, too. */
    private static final int DISK_MEMTABLE_DIVISOR = 128;

    private static final int DISK_MEMTABLES_DIVISOR = 16;

    /** Part of it that so many memtables and segments may be: the rest is for tables. */
    private static final int DISK_PIECES = 8;

    /** Part of it for the log, and for what merges write. */
    private static final int DISK_SHARE_DIVISOR = 8;

    private static final long MERGE_BYTES_MAX = 256L << 20;

    private static final long TABLE_BYTES_MAX = 64L << 20;

    /** Room for a fresh manifest, and for what tables add to their records. */
    private static final long RESERVE_EXTRA_BYTES = 1L << 20;

    /** A size that may be given. */
    private record Size(String key, long derivedBytes, String reason, long least, long most) {

        long in(Map<String, String> given) {
            String text = given.get(key);
            if (text == null) {
                return derivedBytes;
            }
            long bytes;
            try {
                bytes = ByteSize.parse(text);
            } catch (StoreException.Invalid e) {
                throw invalid(key, e);
            }
            if (bytes < least || bytes > most) {
                throw new StoreException.Invalid(
                        "option '%s' is %s, not '%s'".formatted(key, range(), text));
            }
            return bytes;
        }

        private String range() {
            return most == Long.MAX_VALUE
                    ? "at least " + ByteSize.text(least)
                    : "from %s to %s".formatted(ByteSize.text(least), ByteSize.text(most));
        }

        Setting setting(Map<String, String> given) {
            long bytes = in(given);
            return new Setting(
                    key,
                    bytes == Long.MAX_VALUE ? "none" : ByteSize.text(bytes),
                    given.containsKey(key) ? "given" : reason);
        }
    }

    static LsmSettings of(StoreOptions options) {
        Map<String, String> given = options.engine();
        long budgetBytes = options.memoryBudgetBytes();
        long diskBytes = disk().in(given);
        long memtableBytes =
                memtable(budgetBytes, diskBytes).in(given) / GRANULE_BYTES * GRANULE_BYTES;
        long segmentBytes = segment(diskBytes).in(given);
        long largeBytes = budgetBytes / LARGE_DIVISOR;
        requireRoom(diskBytes, memtableBytes, segmentBytes);
        return new LsmSettings(
                budgetBytes,
                diskBytes,
                retention(given),
                memtableBytes,
                Math.clamp(
                        Math.min(
                                budgetBytes
                                        / MEMTABLES_DIVISOR
                                        / (memtableBytes + memtableBytes / 7),
                                diskBytes / DISK_MEMTABLES_DIVISOR / memtableBytes),
                        2,
                        MEMTABLES_MAX),
                segmentBytes,
                (int) block().in(given),
                Compression.codecs(given),
                Compression.coldCodecs(given),
                cache(budgetBytes).in(given),
                largeBytes,
                limits(largeBytes, diskBytes));
    }

    private static void requireRoom(long diskBytes, long memtableBytes, long segmentBytes) {
        long leastBytes = DISK_PIECES * (memtableBytes + segmentBytes) + DISK_BYTES_MIN / 2;
        if (diskBytes < leastBytes) {
            throw new StoreException.Invalid(
                    "option '%s' is %s: with memtables of %s and log segments of %s it takes %s"
                            .formatted(
                                    DISK_BUDGET,
                                    ByteSize.text(diskBytes),
                                    ByteSize.text(memtableBytes),
                                    ByteSize.text(segmentBytes),
                                    ByteSize.text(leastBytes)));
        }
    }

    private static Size disk() {
        return new Size(
                DISK_BUDGET,
                Long.MAX_VALUE,
                "default: files may take what the disk has",
                DISK_BYTES_MIN,
                Long.MAX_VALUE);
    }

    private static RetentionSizes retention(Map<String, String> given) {
        String text = given.get(RETENTION_BYTES);
        if (text == null) {
            return RetentionSizes.none();
        }
        try {
            return RetentionSizes.parse(text);
        } catch (StoreException.Invalid e) {
            throw invalid(RETENTION_BYTES, e);
        }
    }

    private static StoreException.Invalid invalid(String key, StoreException.Invalid cause) {
        return new StoreException.Invalid("option '%s': %s".formatted(key, cause.getMessage()));
    }

    private static Size memtable(long budgetBytes, long diskBytes) {
        long derived = Math.min(MEMTABLE_BYTES_MAX, budgetBytes / 8);
        if (budgetBytes / MEMTABLES_DIVISOR / derived > MEMTABLES_MAX) {
            derived = budgetBytes / MEMTABLES_DIVISOR / MEMTABLES_MAX;
        }
        long mostBytes = pieceBytes(diskBytes, DISK_MEMTABLE_DIVISOR);
        String reason =
                "an eighth of the memory budget, at most 13 MiB while 16 of them take a quarter";
        return new Size(
                MEMTABLE_SIZE,
                Math.min(derived, mostBytes),
                derived <= mostBytes ? reason : "a 128th of the disk budget",
                GRANULE_BYTES,
                Math.min(SIZE_BYTES_MAX, budgetBytes / 4));
    }

    private static Size segment(long diskBytes) {
        long mostBytes = pieceBytes(diskBytes, DISK_SEGMENT_DIVISOR);
        return new Size(
                WAL_SEGMENT_SIZE,
                Math.min(SEGMENT_BYTES, mostBytes),
                SEGMENT_BYTES <= mostBytes ? "default" : "a 32nd of the disk budget",
                GRANULE_BYTES,
                SIZE_BYTES_MAX);
    }

    private static long pieceBytes(long diskBytes, int divisor) {
        return diskBytes / divisor / GRANULE_BYTES * GRANULE_BYTES;
    }

    private static Size block() {
        return new Size(BLOCK_SIZE, BLOCK_BYTES, "default", 1 << 10, 256 << 10);
    }

    private static Size cache(long budgetBytes) {
        return new Size(
                BLOCK_CACHE_SIZE,
                budgetBytes / 8,
                "an eighth of the memory budget",
                1 << 20,
                budgetBytes / 4);
    }

    /** The common limits, where the budgets have room for a batch and its index at once. */
    private static StoreLimits limits(long largeBytes, long diskBytes) {
        StoreLimits local = StoreLimits.LOCAL;
        long mostBytes = Math.min(largeBytes / BATCH_DIVISOR, diskBytes / DISK_SHARE_DIVISOR);
        long batchBytesMax = Math.min(local.batchBytesMax(), mostBytes);
        return new StoreLimits(
                (int) Math.min(local.recordBytesMax(), mostBytes / 2),
                batchBytesMax,
                (int) Math.min(local.batchRecordsMax(), batchBytesMax / 64));
    }

    /** Most bytes of a group of batches. */
    long groupBytesMax() {
        return Math.min(GROUP_BYTES_MAX, Math.min(memtableBytes, segmentBytes) / 8);
    }

    /** Most bytes of batches under way: the largest two, each with its framing. */
    long inFlightBytesMax() {
        return 4 * limits.batchBytesMax();
    }

    /** How much may be written between two looks at the log without being a burst. */
    long quietBytesMax() {
        return memtableBytes / 4;
    }

    /** How much may wait to be flushed before flushing takes anything from writing. */
    long debtBytesFree() {
        return memtables * memtableBytes / 2;
    }

    /** How much can wait to be flushed: one memtable is being filled. */
    long debtBytesMax() {
        return (memtables - 1) * memtableBytes;
    }

    /** Most bytes that segments may take while memtables wait to be flushed. */
    long walBytesMax() {
        long bytes = Math.min(2L * memtables * memtableBytes, diskBudgetBytes / DISK_SHARE_DIVISOR);
        return Math.max(4 * segmentBytes, bytes);
    }

    /** Part of the disk budget that is left to merges. */
    long mergeBytesKept() {
        return Math.min(MERGE_BYTES_MAX, diskBudgetBytes / DISK_SHARE_DIVISOR);
    }

    /**
     * Bytes at which a table is large enough: any of them can be written anew beside the others.
     */
    long tableBytesMax() {
        return Math.min(TABLE_BYTES_MAX, mergeBytesKept() / 2);
    }

    /** Room on the disk that is kept for what frees some: for the tables of a memtable. */
    long reserveBytes() {
        return memtableBytes + RESERVE_EXTRA_BYTES;
    }

    /** Most bytes of directories of tables that stay in memory. */
    long directoryBytes() {
        return memoryBudgetBytes / DIRECTORY_DIVISOR;
    }

    /** Up to how much memory of cursors those that read a lot take more than the least. */
    long scanBytes() {
        return memoryBudgetBytes / SCAN_DIVISOR;
    }

    /** Part of the budget for background work alone: for the blocks that it looks things up in. */
    long backgroundBytes() {
        return Math.min(BACKGROUND_BYTES_MAX, memoryBudgetBytes / BACKGROUND_DIVISOR);
    }

    /** A memory budget with which a batch of so many bytes can be brought back from the log. */
    static long budgetBytesFor(long batchBytes) {
        long bytes = batchBytes * LARGE_DIVISOR * BATCH_DIVISOR;
        return Math.ceilDiv(bytes, 1L << 20) << 20;
    }

    /** Settings as people see them, in a fixed order. */
    List<Setting> explain(Map<String, String> given) {
        List<Setting> settings = new ArrayList<>();
        settings.add(disk().setting(given));
        settings.add(
                new Setting(
                        RETENTION_BYTES,
                        retention.text(),
                        given.containsKey(RETENTION_BYTES)
                                ? "given: above it, the oldest records are trimmed"
                                : "default: nobody trims but who uses the store"));
        settings.add(memtable(memoryBudgetBytes, diskBudgetBytes).setting(given));
        settings.add(
                new Setting(
                        "memtables",
                        String.valueOf(memtables),
                        "as many as fit in a quarter of the memory budget and a 16th of the disk"
                                + " budget, 2 to 16"));
        settings.add(segment(diskBudgetBytes).setting(given));
        settings.add(block().setting(given));
        settings.addAll(Compression.explain(given));
        settings.add(cache(memoryBudgetBytes).setting(given));
        settings.add(
                new Setting(
                        "table-directories",
                        ByteSize.text(directoryBytes()),
                        "at most a quarter of the memory budget, while nobody else wants it"));
        settings.add(
                new Setting(
                        "large-value-memory",
                        ByteSize.text(largeBytes),
                        "a quarter of the memory budget"));
        settings.add(
                new Setting(
                        "group-size",
                        ByteSize.text(groupBytesMax()),
                        "an eighth of a memtable or segment, at most 1 MiB"));
        settings.add(
                new Setting(
                        "wal-size",
                        ByteSize.text(walBytesMax()),
                        "twice all memtables or an eighth of the disk budget, at least 4 segments:"
                                + " then the memtable is sealed"));
        settings.add(
                new Setting(
                        "disk-reserve",
                        ByteSize.text(reserveBytes()),
                        "a memtable and 1 MiB: room for what frees some on a full disk"));
        settings.add(
                new Setting(
                        "batch-size-limit",
                        ByteSize.text(limits.batchBytesMax()),
                        "half of the memory for large values or an eighth of the disk budget,"
                                + " at most the common limit"));
        return settings;
    }
}
