package cordwood.bench.read;

import cordwood.bench.measure.CpuFloor;
import cordwood.bench.measure.ReadFloor;
import org.jspecify.annotations.Nullable;

/**
 * What the machine gave by itself, as far as it matters to a run.
 *
 * @param processor null where nothing was measured
 * @param disk null where the disk is not to be read
 */
record ReadFloors(@Nullable CpuFloor processor, @Nullable ReadFloor disk) {

    static final ReadFloors NONE = new ReadFloors(null, null);
}
