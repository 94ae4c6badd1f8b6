package cordwood.store;

import java.util.Locale;

/**
 * What every engine reports under the same name. Counters ({@link Kind#COUNTER}) rise from 0 at
 * open; gauges are levels at the moment of asking. An engine that cannot know a figure leaves it
 * out.
 */
public enum Metric {
    /** Groups written. */
    COMMIT_GROUPS(Kind.COUNTER),
    /** Batches committed. */
    COMMIT_BATCHES(Kind.COUNTER),
    /** Records committed. */
    COMMIT_RECORDS(Kind.COUNTER),
    /** Bytes of committed values. */
    COMMIT_VALUE_BYTES(Kind.COUNTER),
    /** Time appends waited for admission, summed over callers. */
    ADMISSION_WAIT_NANOS(Kind.COUNTER),
    /** Appends refused for want of room. */
    ADMISSION_REFUSALS(Kind.COUNTER),
    /** Bytes accepted and not yet done. */
    IN_FLIGHT_BYTES(Kind.GAUGE),
    /** Bytes written to files of any kind, but for {@link #PREPARED_BYTES}. */
    FILE_BYTES(Kind.COUNTER),
    /**
     * Zeros written to take room before it is needed, in files that are used again and again: what
     * a store costs once.
     */
    PREPARED_BYTES(Kind.COUNTER),
    /** Bytes written to the write-ahead log. */
    WAL_BYTES(Kind.COUNTER),
    /** Syncs of the write-ahead log. */
    WAL_SYNCS(Kind.COUNTER),
    /** Time spent in those syncs. */
    WAL_SYNC_NANOS(Kind.COUNTER),
    /** Tables written from memory. */
    FLUSHES(Kind.COUNTER),
    /** Bytes written from memory to tables. */
    FLUSH_BYTES(Kind.COUNTER),
    /** Compactions finished. */
    COMPACTIONS(Kind.COUNTER),
    /** Bytes read by compactions. */
    COMPACTION_READ_BYTES(Kind.COUNTER),
    /** Bytes written by compactions. */
    COMPACTION_WRITE_BYTES(Kind.COUNTER),
    /** Time the engine held writes back to let background work catch up. */
    STALL_NANOS(Kind.COUNTER),
    /** Reads of a block that was in the cache. */
    BLOCK_CACHE_HITS(Kind.COUNTER),
    /** Reads of a block that was not. */
    BLOCK_CACHE_MISSES(Kind.COUNTER),
    /** Off-heap bytes held by the engine in all. */
    OFF_HEAP_BYTES(Kind.GAUGE),
    /** Off-heap bytes of memtables. */
    MEMTABLE_BYTES(Kind.GAUGE),
    /** Off-heap bytes of the block cache. */
    BLOCK_CACHE_BYTES(Kind.GAUGE),
    /** Off-heap bytes of open tables' indexes. */
    TABLE_READER_BYTES(Kind.GAUGE),
    /** Bytes of live tables on disk. */
    TABLE_BYTES(Kind.GAUGE),
    /** Live tables on disk. */
    TABLES(Kind.GAUGE),
    /** Bytes a compaction should rewrite. */
    PENDING_COMPACTION_BYTES(Kind.GAUGE),
    /** Bytes of tables that were trimmed and are not given back yet; an estimate. */
    RECLAIMABLE_BYTES(Kind.GAUGE),
    /** Bytes that the store's files take: log, tables, and what keeps room. */
    DISK_BYTES(Kind.GAUGE),
    /** Most bytes they may take; left out where there is no bound. */
    DISK_BUDGET_BYTES(Kind.GAUGE),
    /** Files open. */
    OPEN_FILES(Kind.GAUGE),
    /**
     * How long the reader has been at it that longest keeps what is no longer needed from being
     * given back, memory or files; 0 where nobody does.
     */
    OLDEST_PIN_NANOS(Kind.GAUGE);

    /** How a figure behaves over time. */
    public enum Kind {
        /** Only rises while the store is open. */
        COUNTER,
        /** A level that rises and falls. */
        GAUGE
    }

    private final Kind kind;

    Metric(Kind kind) {
        this.kind = kind;
    }

    /** How the figure behaves over time. */
    public Kind kind() {
        return kind;
    }

    /** The name in result files and exposition: {@code wal_bytes}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
