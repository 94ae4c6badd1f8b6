package cordwood.testkit.crash;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.store.StoreException;
import cordwood.testkit.crash.Oracle.Promise;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.DiskCall;
import cordwood.testkit.disk.InterposedDisk;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One workload, again and again, in which memory is short from the n-th call on, for some calls or
 * to the end: what cannot be done is refused, and once there is memory again the store does
 * everything again. Counted are the calls of the disk, at which all that is left is taken away, or
 * those that ask for memory, which are refused themselves.
 */
public final class MemorySweep {

    /** Takes what memory the stores under test have left, also of those that are opened later. */
    public interface Thief {
        /** From now on there is none. */
        void takeAll();

        /** There is some again. May be called at any time. */
        void giveBack();
    }

    /**
     * What was run.
     *
     * @param runs workloads during which memory was short
     * @param refused those in which something was refused
     * @param refusedToOpen those in which the store could not be opened meanwhile
     * @param compactions done in all of them
     */
    public record Tally(int runs, int refused, int refusedToOpen, long compactions) {}

    /** For how many calls there is none. */
    private static final List<Integer> LENGTHS = List.of(1, 5, 40, Integer.MAX_VALUE);

    /** Takes memory at a call of the disk, and gives it back some calls later. */
    private static final class CountedDisk extends InterposedDisk {
        private final CallWindow window;
        private final Thief thief;
        private boolean taken; // guarded by this

        private CountedDisk(Disk under, CallWindow window, Thief thief) {
            super(under);
            this.window = window;
            this.thief = thief;
        }

        @Override
        protected <T extends @Nullable Object> T onCall(
                DiskCall call, @Nullable DiskFile file, Supplier<T> body) {
            count();
            return body.get();
        }

        private synchronized void count() {
            boolean take = window.next();
            if (take != taken) {
                taken = take;
                if (take) {
                    thief.takeAll();
                } else {
                    thief.giveBack();
                }
            }
        }
    }

    private final StoreOpener opener;
    private final Life life;
    private final CallWindow window;
    private final Runnable whenOver;
    private final UnaryOperator<Disk> front;
    private Tally tally = new Tally(0, 0, 0, 0);

    private MemorySweep(
            StoreOpener opener,
            Life life,
            CallWindow window,
            Runnable whenOver,
            UnaryOperator<Disk> front) {
        this.opener = opener;
        this.life = life;
        this.window = window;
        this.whenOver = whenOver;
        this.front = front;
    }

    /**
     * Sweeps over every {@code stride}-th call of the disk, other ones for each length of time.
     *
     * @throws AssertionError naming the call after which a promise was broken
     */
    public static Tally run(StoreOpener opener, Life life, Thief thief, int stride) {
        CallWindow window = new CallWindow();
        UnaryOperator<Disk> front = disk -> new CountedDisk(disk, window, thief);
        return run(new MemorySweep(opener, life, window, thief::giveBack, front), stride);
    }

    /**
     * The same over the calls that ask for memory.
     *
     * @param asked counts them, and says which of them are refused
     * @throws AssertionError naming the call after which a promise was broken
     */
    public static Tally run(StoreOpener opener, Life life, CallWindow asked, int stride) {
        return run(new MemorySweep(opener, life, asked, () -> {}, disk -> disk), stride);
    }

    private static Tally run(MemorySweep sweep, int stride) {
        int first = 0;
        for (int length : LENGTHS) {
            sweep.run(length, first % stride + 1, stride);
            first++;
        }
        return sweep.tally;
    }

    private void run(int length, int firstCall, int stride) {
        boolean more = true;
        for (int call = firstCall; more; call += stride) {
            try {
                more = ran(call, length);
            } catch (RuntimeException | Error e) {
                throw new AssertionError(
                        "no memory from call %d on, for %d calls: %s"
                                .formatted(call, length, e.getMessage()),
                        e);
            }
        }
    }

    /** Runs the workload; false when it came to its end before memory was short. */
    private boolean ran(int call, int length) {
        CrashingDisk under = new CrashingDisk(call);
        Oracle oracle = new Oracle();
        window.arm(call, length);
        Session session = new Session(opener, front.apply(under), oracle, 1);
        Workload workload = new Workload(life);
        boolean wasShort;
        try {
            workload.run(session);
        } finally {
            wasShort = window.disarm();
            whenOver.run();
        }
        workload.failures().forEach(MemorySweep::requireRefusal);
        if (session.isStopped()) {
            throw new Violation("want of memory stopped the writes");
        }
        boolean refusedToOpen = !session.isOpen();
        if (refusedToOpen) {
            session.open();
        }
        session.check(Promise.VISIBLE);
        FailureSweep.appendAfterRefusals(session, 10_000);
        session.check(Promise.VISIBLE);
        session.close();
        FailureSweep.requireClosed(under);
        FailureSweep.requireRecovery(
                opener, under.crash(call, 50), oracle.frozen(), Promise.POWER_LOSS);
        FailureSweep.requireRecovery(opener, under, oracle.frozen(), Promise.VISIBLE);
        if (wasShort) {
            tally =
                    new Tally(
                            tally.runs + 1,
                            tally.refused + (workload.failures().isEmpty() ? 0 : 1),
                            tally.refusedToOpen + (refusedToOpen ? 1 : 0),
                            tally.compactions + session.compactions());
        }
        return wasShort;
    }

    private static void requireRefusal(StoreException failure) {
        boolean refuses =
                failure instanceof StoreException.Busy || failure instanceof StoreException.Full;
        if (!refuses) {
            throw new Violation("want of memory is not told as a refusal", failure);
        }
    }
}
