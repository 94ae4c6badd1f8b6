package cordwood.cli;

import cordwood.store.Space;
import cordwood.store.WriteBatch;
import cordwood.testkit.mutant.InsteadOf;
import java.lang.foreign.MemorySegment;

/** Each record is put into another stream, too. */
public final class PhantomStreams {

    private static final long DISTANCE = 1_000;

    private PhantomStreams() {}

    /** Puts twice. */
    @InsteadOf(WriteBatch.class)
    public static void put(
            WriteBatch batch, Space space, long stream, long position, MemorySegment value) {
        batch.put(space, stream, position, value);
        batch.put(space, stream + DISTANCE, position, value);
    }
}
