package cordwood.lsm;

import cordwood.lsm.commit.Stalls;
import cordwood.lsm.read.Version;
import cordwood.lsm.table.Table;
import cordwood.memory.Account;
import cordwood.store.GroupCommitter;
import cordwood.store.Metric;
import cordwood.store.StoreMetrics;

/** Gathers what the parts of a store have counted. */
final class Figures {

    private Figures() {}

    static StoreMetrics of(StoreParts parts, GroupCommitter committer, Stalls stalls) {
        StoreMetrics.Builder metrics = StoreMetrics.builder();
        committer.report(metrics);
        Version version = parts.versions().current();
        long tableBytes = 0;
        for (Table table : version.records()) {
            tableBytes += table.sizeBytes();
        }
        for (Table table : version.attributes()) {
            tableBytes += table.sizeBytes();
        }
        metrics.set(Metric.FILE_BYTES, parts.disk().writtenBytes())
                .set(Metric.PREPARED_BYTES, parts.disk().preparedBytes())
                .set(Metric.PENDING_COMPACTION_BYTES, parts.compaction().pendingBytes())
                .set(Metric.RECLAIMABLE_BYTES, parts.compaction().reclaimableBytes())
                .set(Metric.WAL_BYTES, parts.walFigures().bytes())
                .set(Metric.WAL_SYNCS, parts.walFigures().syncs())
                .set(Metric.WAL_SYNC_NANOS, parts.walFigures().syncNanos())
                .set(Metric.FLUSHES, parts.flusher().flushes())
                .set(Metric.FLUSH_BYTES, parts.flusher().bytes())
                .set(Metric.COMPACTIONS, parts.compaction().compactions())
                .set(Metric.COMPACTION_READ_BYTES, parts.compaction().readBytes())
                .set(Metric.COMPACTION_WRITE_BYTES, parts.compaction().writtenBytes())
                .set(Metric.STALL_NANOS, stalls.heldBackNanos())
                .set(Metric.BLOCK_CACHE_HITS, parts.cache().hits())
                .set(Metric.BLOCK_CACHE_MISSES, parts.cache().misses())
                .set(Metric.OFF_HEAP_BYTES, parts.memory().chunks().nativeBytes())
                .set(
                        Metric.MEMTABLE_BYTES,
                        parts.memtableAccount().usedBytes() + parts.indexAccount().usedBytes())
                .set(Metric.BLOCK_CACHE_BYTES, parts.cache().usedBytes())
                .set(Metric.TABLE_READER_BYTES, parts.cache().directoryBytes())
                .set(Metric.TABLE_BYTES, tableBytes)
                .set(Metric.TABLES, version.records().size() + version.attributes().size())
                .set(Metric.DISK_BYTES, parts.disk().heldBytes())
                .set(Metric.OPEN_FILES, parts.disk().openFiles())
                .set(Metric.OLDEST_PIN_NANOS, parts.versions().oldestPinAgeNanos())
                .engine("dropped_table_bytes", parts.compaction().droppedBytes())
                .engine("live_segments", parts.live().count())
                .engine("live_segment_bytes", parts.live().sizeBytes())
                .engine("memtables_waiting", version.sealed().size())
                .engine("recovered_records", parts.recovery().records())
                .engine("recovery_dropped_bytes", parts.recovery().droppedBytes())
                .engine("recovery_unproven_bytes", parts.recovery().unprovenBytes());
        if (parts.budget().isLimited()) {
            metrics.set(Metric.DISK_BUDGET_BYTES, parts.budget().budgetBytes());
        }
        for (Stalls.Cause cause : Stalls.Cause.values()) {
            metrics.engine(cause.figure(), stalls.nanos(cause));
        }
        for (Account account : parts.memory().budget().accounts()) {
            metrics.engine(
                    "off_heap_" + account.owner().replace('-', '_') + "_bytes",
                    account.usedBytes());
        }
        return metrics.build();
    }
}
