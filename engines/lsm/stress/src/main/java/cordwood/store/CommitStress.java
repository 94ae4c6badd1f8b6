package cordwood.store;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Who comes while a commit is being done is told once, by whomever, though he gave up before. */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "both were told")
@Outcome(expect = Expect.FORBIDDEN, desc = "one was told never, or more than once")
@State
public class CommitStress {

    private final Commit commit = new Commit(null, null, Durability.WRITTEN, 1, 1);
    private final AtomicInteger first = new AtomicInteger();
    private final AtomicInteger second = new AtomicInteger();

    @Actor
    public void whoGivesUpAndListensTwice() {
        commit.await(0, TimeUnit.NANOSECONDS);
        commit.whenDone(_ -> first.incrementAndGet());
        commit.whenDone(_ -> second.incrementAndGet());
    }

    @Actor
    public void committer() {
        if (commit.complete(null)) {
            commit.tellWaiters();
        }
    }

    @Arbiter
    public void told(II_Result result) {
        result.r1 = first.get();
        result.r2 = second.get();
    }
}
