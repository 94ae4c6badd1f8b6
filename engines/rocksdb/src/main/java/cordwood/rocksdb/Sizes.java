package cordwood.rocksdb;

import cordwood.store.StoreLimits;

/**
 * What RocksDB may hold, derived from one memory budget.
 *
 * @param inFlightBytesMax batches accepted and not yet written
 * @param cellBytes keys and values on their way into native code
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
        long inFlightBytesMax,
        long cellBytes,
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

    private static final long MIB = 1L << 20;
    private static final long CELL_BYTES_MIN = MIB;
    private static final long WRITE_BUFFER_BYTES_MIN = 4 * MIB;
    private static final long TABLE_BYTES_MIN = 16 * MIB;
    private static final int WRITE_BUFFERS_MAX = 12;
    private static final int ENTRY_BYTES = 32;

    static Sizes derive(long budgetBytes, long tableBytesMax, OptionReader notes) {
        notes.derived("memory-budget", budgetBytes, "the store's");
        StoreLimits limits = StoreLimits.LOCAL;
        long largestBatchBytes =
                limits.batchBytesMax() + (long) ENTRY_BYTES * limits.batchRecordsMax();
        long inFlightBytes =
                notes.derived(
                        "in-flight-bytes",
                        Math.max(budgetBytes / 8, largestBatchBytes),
                        "1/8 of the budget, at least one batch of the largest size");
        long cellBytes =
                notes.derived(
                        "cells",
                        Math.max(CELL_BYTES_MIN, budgetBytes / 64),
                        "1/64 of the budget, at least 1 MiB: batches pass values through them");
        long cacheBytes =
                notes.derived(
                        "block-cache",
                        budgetBytes - budgetBytes / 8 - cellBytes,
                        "the rest; memtables, indexes and filters are charged to it");
        long memtableBytes =
                notes.derived(
                        "memtables", budgetBytes / 2, "half of the budget: more begins a flush");
        long bufferBytes =
                notes.derived(
                        "write-buffer",
                        Math.max(WRITE_BUFFER_BYTES_MIN, memtableBytes / 8),
                        "1/8 of the memtables, at least 4 MiB");
        int buffers =
                (int)
                        notes.derived(
                                "write-buffers-max",
                                Math.clamp(
                                        memtableBytes * 3 / 2 / bufferBytes, 2, WRITE_BUFFERS_MAX),
                                Long::toString,
                                "what 3/4 of the budget holds, 2 to 12: more makes writes wait");
        notes.derived(
                "trims-per-memtable-max",
                TRIMS_PER_MEMTABLE_MAX,
                Long::toString,
                "fixed: a read after a trim sorts them all; more begins a flush");
        return withBuffers(
                inFlightBytes,
                cellBytes,
                cacheBytes,
                memtableBytes,
                bufferBytes,
                buffers,
                tableBytesMax,
                notes);
    }

    private static Sizes withBuffers(
            long inFlightBytes,
            long cellBytes,
            long cacheBytes,
            long memtableBytes,
            long bufferBytes,
            int buffers,
            long tableBytesMax,
            OptionReader notes) {
        long tableBytes =
                notes.derived(
                        "table-size",
                        Math.clamp(bufferBytes, TABLE_BYTES_MIN, tableBytesMax),
                        "a write buffer, at least 16 MiB, at most max-file-size");
        return new Sizes(
                inFlightBytes,
                cellBytes,
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
}
