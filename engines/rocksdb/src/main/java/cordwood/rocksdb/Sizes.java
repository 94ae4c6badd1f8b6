package cordwood.rocksdb;

import cordwood.store.StoreLimits;

/**
 * What RocksDB may hold, derived from one memory budget: batches, cells and block cache are all of
 * it.
 *
 * @param batchBytes batches handed out, whether filled or written
 * @param cellBytes batches of ordinary size, encoded
 * @param cursorBytes values that cursors stand on, on the heap
 * @param iteratorsMax iterators that cursors have open at once
 * @param cacheBytes block cache, to which memtables are charged
 * @param memtableBytes memtables at which the oldest are flushed
 * @param writeBufferBytes one memtable
 * @param writeBuffersMax memtables at which writes wait for a flush
 * @param walBytesMax log at which the memtables it holds back are flushed
 * @param levelBaseBytes tables of level 1
 * @param tableBytes size a table is cut at
 * @param compactionBytesMax input of one compaction
 */
record Sizes(
        long batchBytes,
        long cellBytes,
        long cursorBytes,
        int iteratorsMax,
        long cacheBytes,
        long memtableBytes,
        long writeBufferBytes,
        int writeBuffersMax,
        long walBytesMax,
        long levelBaseBytes,
        long tableBytes,
        long compactionBytesMax) {

    static final int L0_TABLES_TO_COMPACT = 8;
    static final int TRIMS_PER_MEMTABLE_MAX = 2_000;

    /** What an entry takes in a batch beyond its value, at most. */
    static final int ENTRY_BYTES = 32;

    private static final long MIB = 1L << 20;

    /** So that no sum overflows; no machine has as much. */
    private static final long BUDGET_BYTES_MAX = 1L << 50;

    private static final long LARGEST_BATCH_BYTES =
            StoreLimits.LOCAL.batchBytesMax()
                    + (long) ENTRY_BYTES * StoreLimits.LOCAL.batchRecordsMax();

    private static final long CELL_BYTES_MIN = MIB;
    private static final long WRITE_BUFFER_BYTES_MIN = 4 * MIB;

    /**
     * On a small disk: RocksDB that found no room resumes once a write buffer would fit, which the
     * reserve and one merge are to be able to bring about.
     */
    private static final int WRITE_BUFFER_SHARE = 16; // of what is free

    /** On a small disk: a table comes back as a whole where all in it was trimmed, for no room. */
    private static final int TABLE_SHARE = 64;

    private static final long SMALL_TABLE_BYTES_MIN = 2 * MIB;

    private static final long TABLE_BYTES_MIN = 16 * MIB;
    private static final int WRITE_BUFFERS_MAX = 12;
    private static final int ITERATORS_MAX = 4_096;

    /** The sizes for a budget, on a disk with so much free. */
    static Sizes derive(
            long budgetBytesGiven, long tableBytesMax, long freeBytes, OptionReader notes) {
        notes.derived("memory-budget", budgetBytesGiven, "the store's");
        long budgetBytes = Math.min(budgetBytesGiven, BUDGET_BYTES_MAX);
        long batchBytes =
                notes.derived(
                        "batches",
                        Math.clamp(LARGEST_BATCH_BYTES, budgetBytes / 8, budgetBytes / 8 * 5),
                        "1/8 of the budget, at least one batch of the largest size,"
                                + " at most 5/8 of the budget");
        long cellBytes =
                notes.derived(
                        "cells",
                        Math.max(CELL_BYTES_MIN, budgetBytes / 64),
                        "1/64 of the budget, at least 1 MiB: batches are encoded in them");
        long cacheBytes =
                notes.derived(
                        "block-cache",
                        budgetBytes - batchBytes - cellBytes,
                        "the rest; memtables, indexes and filters are charged to it");
        long cursorBytes =
                notes.derived(
                        "cursors",
                        budgetBytes / 4,
                        "as much as 1/4 of the budget, on the heap: values cursors stand on");
        int iterators =
                (int)
                        notes.derived(
                                "iterators-max",
                                Math.min(budgetBytes / MIB, ITERATORS_MAX),
                                Long::toString,
                                "1 for each MiB of the budget, at most 4,096: cursors share them");
        notes.derived(
                "trims-per-memtable-max",
                TRIMS_PER_MEMTABLE_MAX,
                Long::toString,
                "fixed: a read after a trim sorts them all; more begins a flush");
        return withBuffers(
                batchBytes,
                cellBytes,
                cursorBytes,
                iterators,
                cacheBytes,
                Math.min(budgetBytes / 2, cacheBytes / 4 * 3),
                tableBytesMax,
                freeBytes,
                notes);
    }

    private static Sizes withBuffers(
            long batchBytes,
            long cellBytes,
            long cursorBytes,
            int iterators,
            long cacheBytes,
            long memtableBytesMax,
            long tableBytesMax,
            long freeBytes,
            OptionReader notes) {
        long memtableBytes =
                notes.derived(
                        "memtables",
                        memtableBytesMax,
                        "half of the budget, at most 3/4 of the block cache: more begins a flush");
        long bufferBytes =
                notes.derived(
                        "write-buffer",
                        Math.max(
                                WRITE_BUFFER_BYTES_MIN,
                                Math.min(
                                        memtableBytes / 8,
                                        shareOfSmallDisk(freeBytes, WRITE_BUFFER_SHARE))),
                        "1/8 of the memtables; where less than 4 GiB of disk are free, at most"
                                + " 1/16 of that; at least 4 MiB");
        int buffers =
                (int)
                        notes.derived(
                                "write-buffers-max",
                                Math.clamp(
                                        Math.min(memtableBytes / 2 * 3, cacheBytes) / bufferBytes,
                                        2,
                                        WRITE_BUFFERS_MAX),
                                Long::toString,
                                "what holds half as much again as the memtables, in the block"
                                        + " cache, 2 to 12: more makes writes wait");
        long tableBytes =
                notes.derived(
                        "table-size",
                        Math.min(
                                Math.clamp(bufferBytes, TABLE_BYTES_MIN, tableBytesMax),
                                Math.max(
                                        SMALL_TABLE_BYTES_MIN,
                                        shareOfSmallDisk(freeBytes, TABLE_SHARE))),
                        "a write buffer, at least 16 MiB, at most max-file-size; where less than"
                                + " 4 GiB of disk are free, at most 1/64 of that, at least 2 MiB");
        return new Sizes(
                batchBytes,
                cellBytes,
                cursorBytes,
                iterators,
                cacheBytes,
                memtableBytes,
                bufferBytes,
                buffers,
                notes.derived(
                        "wal-size-max",
                        bufferBytes * buffers * 8,
                        "8 times all write buffers: more begins a flush"),
                notes.derived(
                        "level-base",
                        bufferBytes * L0_TABLES_TO_COMPACT,
                        "%d write buffers, as many as level 0 gathers"
                                .formatted(L0_TABLES_TO_COMPACT)),
                tableBytes,
                notes.derived("compaction-size-max", tableBytes * 25, "25 tables"));
    }

    private static long shareOfSmallDisk(long freeBytes, int share) {
        return Reserve.isRoomy(freeBytes) ? Long.MAX_VALUE : freeBytes / share;
    }

    /**
     * What RocksDB preallocates on the disk as soon as it writes to a new log, where it may: a
     * write buffer and a tenth.
     */
    long logAheadBytes() {
        return writeBufferBytes / 10 * 11;
    }

    /** The common limits, where the batches' part of the budget has room for the largest. */
    StoreLimits limits() {
        StoreLimits local = StoreLimits.LOCAL;
        long batchBytesMax = Math.min(local.batchBytesMax(), batchBytes / 5 * 4);
        return new StoreLimits(
                (int) Math.min(local.recordBytesMax(), batchBytesMax),
                batchBytesMax,
                (int)
                        Math.min(
                                local.batchRecordsMax(),
                                (batchBytes - batchBytesMax) / ENTRY_BYTES));
    }
}
