package cordwood.lsm.compaction;

import cordwood.lsm.format.StreamKey;
import cordwood.lsm.manifest.TableEntry;
import cordwood.lsm.table.Table;
import cordwood.lsm.table.TableWriter;
import cordwood.testkit.mutant.InsteadOf;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** M14: the record with which a merge begins another table is lost. */
public final class NewestLostWhereATableBegins {

    // confined to the thread of the one trial
    private static boolean isMerging;
    private static boolean isBeginning;

    private NewestLostWhereATableBegins() {}

    /** Tables that are not merged are written as they should be. */
    @InsteadOf(CompactionJob.class)
    static List<TableEntry> run(CompactionJob job, List<Table> inputs) {
        isMerging = true;
        try {
            return job.run(inputs);
        } finally {
            isMerging = false;
        }
    }

    /** Asked before each record. */
    @InsteadOf(TableWriter.class)
    public static boolean isFull(TableWriter writer) {
        isBeginning = isMerging && writer.isFull();
        return writer.isFull();
    }

    /** Loses the first one behind a full table. */
    @InsteadOf(TableWriter.class)
    public static void add(
            TableWriter writer,
            StreamKey key,
            MemorySegment segment,
            long payloadAt,
            int bytes,
            int records,
            long first,
            long last) {
        if (!isBeginning) {
            writer.add(key, segment, payloadAt, bytes, records, first, last);
        }
        isBeginning = false;
    }
}
