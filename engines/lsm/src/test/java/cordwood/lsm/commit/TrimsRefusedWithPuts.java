package cordwood.lsm.commit;

import cordwood.store.Commit;
import cordwood.store.CommitGroup;
import cordwood.testkit.mutant.InsteadOf;
import java.util.List;

/** M20: a trim in one group with a put is refused with it. */
public final class TrimsRefusedWithPuts {

    private TrimsRefusedWithPuts() {}

    @InsteadOf(CommitGroup.class)
    public static List<Commit> splitOffTrims(CommitGroup group) {
        return List.of();
    }
}
