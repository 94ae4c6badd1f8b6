package cordwood.cli;

import cordwood.store.Space;
import cordwood.store.WriteBatch;
import cordwood.testkit.mutant.InsteadOf;
import java.lang.foreign.MemorySegment;

/** Each attribute is set under another id, too. */
public final class PhantomAttributes {

    private PhantomAttributes() {}

    /** Sets both. */
    @InsteadOf(WriteBatch.class)
    public static void attribute(
            WriteBatch batch, Space space, long stream, int id, MemorySegment value) {
        batch.attribute(space, stream, id, value);
        batch.attribute(space, stream, id + 1, value);
    }
}
