package cordwood.lsm.flush;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.lsm.format.LittleEndian;
import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.format.Stretch;
import cordwood.lsm.memtable.Memtable;
import cordwood.lsm.read.Version;
import cordwood.lsm.read.Versions;
import cordwood.store.StreamBounds;
import cordwood.testkit.mutant.InsteadOf;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * A checkpoint and a trim that begin where background work has looked whether there is a
 * checkpoint; see {@code LsmCheckpointTest}.
 */
public final class TrimsDuringLooks {

    private static volatile Runnable meanwhile = () -> {};

    /** For JUnit. */
    public TrimsDuringLooks() {}

    /** Has something done once it is known. */
    @InsteadOf(TrimHold.class)
    static boolean isHeld(TrimHold hold) {
        boolean held = hold.isHeld();
        meanwhile.run();
        return held;
    }

    /** A batch that trims streams up to a position. */
    public static TableFixture.Content trims(int streams, long trimmedTo) {
        TableFixture.Content trims = new TableFixture.Content();
        for (int stream = 0; stream < streams; stream++) {
            byte[] value = new byte[Long.BYTES];
            LittleEndian.putI64(MemorySegment.ofArray(value), 0, trimmedTo);
            StreamKey key = new StreamKey(RecordKind.ATTRIBUTES, 7, stream);
            trims.put(key, Stretch.TRIM_POINT_ID, value);
        }
        return trims;
    }

    @Test
    void aTrimThatNoHolderHasFlushedIsNotSeen() {
        StreamKey key = new StreamKey(RecordKind.RECORDS, 7, 0);
        try (TableFixture fixture = new TableFixture()) {
            Memtable memtable = fixture.memtable();
            TrimHold hold = new TrimHold();
            TrimPoints points =
                    new TrimPoints(
                            new Versions(new Version(memtable, List.of(), List.of(), List.of())),
                            hold);
            meanwhile =
                    () -> {
                        hold.hold();
                        fixture.apply(memtable, trims(1, 5), 1, new SplittableRandom(1));
                    };
            assertThat(points.of(key)).isEqualTo(StreamBounds.NEVER_TRIMMED);
            meanwhile = () -> {};
            hold.letGo();
            assertThat(points.of(key)).isEqualTo(5);
        }
    }
}
