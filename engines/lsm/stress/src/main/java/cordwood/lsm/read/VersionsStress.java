package cordwood.lsm.read;

import cordwood.lsm.memtable.Memtable;
import cordwood.lsm.memtable.MemtablePool;
import cordwood.memory.Account;
import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import java.util.List;
import java.util.Objects;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * What is taken out of the version is there as long as a reader may look, and is let go of by
 * whoever is the last to hold it back.
 */
@JCStressTest
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "there for the reader, gone at the end")
@Outcome(id = "1, .*", expect = Expect.FORBIDDEN, desc = "gone under a pin")
@Outcome(id = ".*, 0", expect = Expect.FORBIDDEN, desc = "nobody let go of it")
@State
public class VersionsStress {

    private static final Memory MEMORY = Memory.open(MemoryOptions.ofBudget(64L << 20));
    private static final Memtable ACTIVE = memtable();

    private final Version first = first();
    private final Versions versions = new Versions(first);
    private volatile boolean gone;
    private volatile boolean told;

    public VersionsStress() {
        versions.whenReclaimable(() -> told = true);
    }

    /** A version with nothing but an empty memtable. */
    static Version first() {
        return new Version(ACTIVE, List.of(), List.of(), List.of());
    }

    private static Memtable memtable() {
        Account account = MEMORY.budget().account("stress");
        MemtablePool pool = new MemtablePool(MEMORY.chunks(), account, account, 64 << 10, 1, 0);
        return Objects.requireNonNull(pool.tryTake());
    }

    @Actor
    public void reader(II_Result result) {
        long ticket = versions.pin();
        boolean sawFirst = versions.current() == first;
        result.r1 = sawFirst && gone ? 1 : 0;
        versions.unpin(ticket);
    }

    @Actor
    public void writer() {
        versions.replace(List.of(), List.of(), () -> gone = true);
    }

    /** As the step does that is woken when somebody tells. */
    @Arbiter
    public void woken(II_Result result) {
        if (told) {
            versions.reclaim();
        }
        result.r2 = gone ? 1 : 0;
    }
}
