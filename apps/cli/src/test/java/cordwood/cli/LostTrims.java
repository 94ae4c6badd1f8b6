package cordwood.cli;

import cordwood.store.Space;
import cordwood.store.WriteBatch;
import cordwood.testkit.mutant.InsteadOf;

/** Trims do nothing. */
public final class LostTrims {

    private LostTrims() {}

    /** Says that it was. */
    @InsteadOf(WriteBatch.class)
    public static void trim(WriteBatch batch, Space space, long stream, long to) {
        // as if there were nothing to do
    }
}
