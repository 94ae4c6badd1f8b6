package cordwood.lsm.commit;

import cordwood.store.CommitGroup;
import cordwood.testkit.mutant.InsteadOf;

/** M20: a trim in one group with a put is refused with it. */
public final class TrimsRefusedWithPuts {

    private TrimsRefusedWithPuts() {}

    @InsteadOf(CommitGroup.class)
    public static boolean moveTrimsTo(CommitGroup group, CommitGroup other) {
        return false;
    }
}
