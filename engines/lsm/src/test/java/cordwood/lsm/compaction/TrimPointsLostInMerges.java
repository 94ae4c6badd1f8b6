package cordwood.lsm.compaction;

import cordwood.lsm.format.Stretch;
import cordwood.testkit.mutant.InsteadOf;
import java.lang.foreign.MemorySegment;

/** M10: a merge of attributes does not write trim points. */
public final class TrimPointsLostInMerges {

    private TrimPointsLostInMerges() {}

    @InsteadOf(RunWriter.class)
    static void add(RunWriter writer, MemorySegment segment, long at, int bytes, long position) {
        if (position != Stretch.TRIM_POINT_ID) {
            writer.add(segment, at, bytes, position);
        }
    }
}
