package cordwood.memory;

import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A place in an arena that was handed over is found there, even when its region is new. */
@JCStressTest
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "nothing handed over yet")
@Outcome(id = "42", expect = Expect.ACCEPTABLE, desc = "found with its contents")
@Outcome(expect = Expect.FORBIDDEN, desc = "lost, or without its contents")
@State
public class ArenaStress {

    private static final int REGION_BYTES = 1 << 16;
    private static final Memory MEMORY = Memory.open(MemoryOptions.ofBudget(256L << 20));

    private final BumpArena arena =
            new BumpArena(MEMORY.chunks(), MEMORY.budget().account("stress"), REGION_BYTES);
    private final AtomicLong published = new AtomicLong(-1);

    public ArenaStress() {
        arena.allocate(REGION_BYTES, 8);
    }

    @Actor
    public void writer() {
        long place = arena.allocate(64, 8);
        arena.slice(place, 64).set(ValueLayout.JAVA_INT, 0, 42);
        published.setRelease(place);
    }

    @Actor
    public void reader(I_Result result) {
        long place = published.getAcquire();
        if (place >= 0) {
            result.r1 = arena.slice(place, 64).get(ValueLayout.JAVA_INT, 0);
        }
    }

    @Arbiter
    public void close() {
        arena.close();
    }
}
