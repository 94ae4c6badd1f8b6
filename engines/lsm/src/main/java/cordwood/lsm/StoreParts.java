package cordwood.lsm;

import cordwood.files.DirectoryLock;
import cordwood.lsm.checkpoint.Checkpointer;
import cordwood.lsm.compaction.CompactionScheduler;
import cordwood.lsm.flush.FlushDebt;
import cordwood.lsm.flush.Flusher;
import cordwood.lsm.flush.TrimHold;
import cordwood.lsm.format.Closing;
import cordwood.lsm.format.CountedDisk;
import cordwood.lsm.format.DiskBudget;
import cordwood.lsm.format.Shortages;
import cordwood.lsm.manifest.Manifest;
import cordwood.lsm.memtable.MemtablePool;
import cordwood.lsm.read.Versions;
import cordwood.lsm.table.BlockCache;
import cordwood.lsm.table.Table;
import cordwood.lsm.wal.LiveSegments;
import cordwood.lsm.wal.SegmentPool;
import cordwood.lsm.wal.WalFigures;
import cordwood.lsm.wal.WalWriter;
import cordwood.memory.Account;
import cordwood.memory.Memory;

/** What an open store is made of. */
record StoreParts(
        LsmSettings settings,
        LsmEnvironment environment,
        CountedDisk disk,
        DiskBudget budget,
        DirectoryLock lock,
        Memory memory,
        BackgroundShare share,
        Account largeAccount,
        Account cursorAccount,
        Account memtableAccount,
        Account indexAccount,
        Manifest manifest,
        BlockCache cache,
        MemtablePool memtables,
        Versions versions,
        LiveSegments live,
        SegmentPool segments,
        ManifestRegister register,
        Shortages shortages,
        WalFigures walFigures,
        WalWriter log,
        FlushDebt debt,
        TrimHold trimHold,
        Flusher flusher,
        CompactionScheduler compaction,
        Checkpointer checkpointer,
        RecoveryReport recovery) {

    /** Closes files, gives memory back and frees the directory. Nothing may run any more. */
    void close() {
        try (lock;
                memory;
                share;
                manifest;
                memtables;
                live;
                segments) {
            try {
                versions.close();
            } finally {
                try (cache) {
                    Closing.all(versions.current().allTables(), Table::close);
                }
            }
        }
    }
}
