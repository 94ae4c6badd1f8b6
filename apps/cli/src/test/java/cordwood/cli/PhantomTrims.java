package cordwood.cli;

import cordwood.store.Space;
import cordwood.store.WriteBatch;
import cordwood.testkit.mutant.InsteadOf;

/** Trims reach 500 records too far. */
public final class PhantomTrims {

    private PhantomTrims() {}

    /** Trims more. */
    @InsteadOf(WriteBatch.class)
    public static void trim(WriteBatch batch, Space space, long stream, long to) {
        batch.trim(space, stream, to + 500);
    }
}
