package cordwood.lsm;

import cordwood.lsm.format.StorageFailures;
import cordwood.store.StoreException;
import java.util.List;

/**
 * Loads and initialises the classes that a store needs, while there is heap for it: a class whose
 * initialisation meets a full heap is lost for the process, and loading one in the middle of
 * something throws where nothing else can. Thread-safe.
 */
final class FirstUse {

    /** What initialising all of them takes, and more. */
    private static final int HEAP_BYTES = 4 << 20;

    /**
     * Ours with something to initialise, what our code is linked by, and what is first used after
     * the opening, where the heap may be full already, or no descriptor left to read a class with.
     */
    static final List<String> CLASSES =
            List.of(
                    "java.lang.runtime.ObjectMethods",
                    "java.lang.runtime.SwitchBootstraps",
                    "java.lang.invoke.StringConcatFactory",
                    "java.util.zip.Deflater",
                    "java.util.zip.Inflater",
                    "net.jpountz.util.ByteBufferUtils",
                    "cordwood.files.FileFailure$Kind",
                    "cordwood.files.RealDirectoryLock",
                    "cordwood.files.RealDisk",
                    "cordwood.files.RealDisk$Failures",
                    "cordwood.files.RealDiskFile$Zeros",
                    "cordwood.files.UncachedDiskFile",
                    "cordwood.files.UncachedDiskFile$Whether",
                    "cordwood.memory.HandlesRefused",
                    "cordwood.store.ByteSize",
                    "cordwood.store.Commit",
                    "cordwood.store.Commit$Listener",
                    "cordwood.store.Commit$Waiting",
                    "cordwood.store.CommitQueue",
                    "cordwood.store.Durability",
                    "cordwood.store.GroupCommitter$1",
                    "cordwood.store.HeapPause",
                    "cordwood.store.Metric",
                    "cordwood.store.Metric$Kind",
                    "cordwood.store.Order",
                    "cordwood.store.StepWatch",
                    "cordwood.store.StoreException$Outcome",
                    "cordwood.store.StoreLimits",
                    "cordwood.store.TimeSpan",
                    "cordwood.store.WriteBatch",
                    "cordwood.lsm.compaction.CompactionPicker$Reason",
                    "cordwood.lsm.compaction.CompactionPicker$Room",
                    "cordwood.lsm.compaction.CompactionScheduler",
                    "cordwood.lsm.compaction.Depth",
                    "cordwood.lsm.compaction.RunWriter",
                    "cordwood.lsm.compaction.SizeTiers",
                    "cordwood.lsm.compaction.SizeTiers$Window",
                    "cordwood.lsm.format.Closing",
                    "cordwood.lsm.format.Corruption",
                    "cordwood.lsm.format.FieldText",
                    "cordwood.lsm.format.FileHeader",
                    "cordwood.lsm.format.FileKind",
                    "cordwood.lsm.format.FileNames",
                    "cordwood.lsm.format.FinalWrite",
                    "cordwood.lsm.format.Leftovers",
                    "cordwood.lsm.format.LittleEndian",
                    "cordwood.lsm.format.PatientFailure",
                    "cordwood.lsm.format.RecordKind",
                    "cordwood.lsm.format.RunLength",
                    "cordwood.lsm.format.Shortages$Of",
                    "cordwood.lsm.format.SpaceReserve$State",
                    "cordwood.lsm.format.StorageFailures",
                    "cordwood.lsm.format.StorageFailures$1",
                    "cordwood.lsm.format.StreamKey",
                    "cordwood.lsm.format.Stretch",
                    "cordwood.lsm.format.StretchRecords",
                    "cordwood.lsm.format.StretchWalk",
                    "cordwood.lsm.format.Varint",
                    "cordwood.lsm.codec.Codec",
                    "cordwood.lsm.codec.DeflateCoder",
                    "cordwood.lsm.codec.Lz4Coder",
                    "cordwood.lsm.memtable.IndexArena",
                    "cordwood.lsm.memtable.Memtable",
                    "cordwood.lsm.memtable.Memtable$StretchVisitor",
                    "cordwood.lsm.memtable.RunIndex",
                    "cordwood.lsm.table.BlockBounds",
                    "cordwood.lsm.table.BlockLease",
                    "cordwood.lsm.table.BlockOrder",
                    "cordwood.lsm.table.DirectoryEntry",
                    "cordwood.lsm.table.DirectoryWriter",
                    "cordwood.lsm.table.Table",
                    "cordwood.lsm.table.TableBlocks",
                    "cordwood.lsm.table.ScanRoom",
                    "cordwood.lsm.table.TableDescriptor",
                    "cordwood.lsm.table.TableFile",
                    "cordwood.lsm.table.TableFooter",
                    "cordwood.lsm.table.TableSync",
                    "cordwood.lsm.table.TableWriter",
                    "cordwood.lsm.table.TableWriter$1",
                    "cordwood.lsm.table.Temperature",
                    "cordwood.lsm.wal.Beyond",
                    "cordwood.lsm.wal.LiveSegments$Entry",
                    "cordwood.lsm.wal.LogMilestones$Begun",
                    "cordwood.lsm.wal.SegmentPool$Used",
                    "cordwood.lsm.wal.WalDescriptor",
                    "cordwood.lsm.wal.WalDescriptor$Link",
                    "cordwood.lsm.manifest.ManifestDescriptor",
                    "cordwood.lsm.manifest.ManifestReader",
                    "cordwood.lsm.read.RecordBatch",
                    "cordwood.lsm.read.Version$1",
                    "cordwood.lsm.read.View",
                    "cordwood.lsm.flush.Requests$Request",
                    "cordwood.lsm.flush.Stopped",
                    "cordwood.lsm.flush.TablesWriter",
                    "cordwood.lsm.commit.LogCommitter$Room",
                    "cordwood.lsm.commit.LsmBatch",
                    "cordwood.lsm.commit.Stalls$Cause",
                    "cordwood.lsm.CheckpointRequests$Request",
                    "cordwood.lsm.checkpoint.FileCopier",
                    "cordwood.lsm.checkpoint.StoreCopy",
                    "cordwood.lsm.checkpoint.StoreCopy$Progress",
                    "cordwood.lsm.checkpoint.StoreCopy$Tables",
                    "cordwood.lsm.checkpoint.TargetDirectory",
                    "cordwood.lsm.LsmEnvironment",
                    "cordwood.lsm.LsmSettings");

    private static volatile boolean done;

    private FirstUse() {}

    /**
     * Before the first store of the process is opened.
     *
     * @throws OutOfMemoryError when there is too little heap; no class is lost by that
     */
    static void initialize() {
        if (done) {
            return;
        }
        requireHeap();
        ClassLoader loader = FirstUse.class.getClassLoader();
        try {
            for (String name : CLASSES) {
                Class.forName(name, true, loader);
            }
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
        rehearse();
        done = true;
    }

    /** What is to be done on a full heap is linked here, and not there. */
    private static void rehearse() {
        OutOfMemoryError full = new OutOfMemoryError("rehearsed");
        StorageFailures.ofHeap(full);
        StorageFailures.ofSecondHalf(full);
        StorageFailures.refusal(new IllegalArgumentException(full));
        StorageFailures.refusal(new StoreException.Full("rehearsed", null));
        LsmEnvironment.system().pause().accept(1);
    }

    private static void requireHeap() {
        int bytes = new byte[HEAP_BYTES].length; // which is free again from here on
        if (bytes != HEAP_BYTES) {
            throw new AssertionError(bytes);
        }
    }
}
