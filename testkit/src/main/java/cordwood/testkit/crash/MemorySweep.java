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
import org.jspecify.annotations.Nullable;

/**
 * One workload, again and again, in which all memory that is left is taken away at the n-th call of
 * the disk, for some calls or to the end: what cannot be done is refused, and once the memory is
 * back the store does everything again.
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
     */
    public record Tally(int runs, int refused, int refusedToOpen) {}

    /** For how many calls of the disk there is none. */
    private static final List<Integer> LENGTHS = List.of(1, 5, 40, Integer.MAX_VALUE);

    /** Takes memory at a call of the disk, and gives it back some calls later. */
    private static final class Taking extends InterposedDisk {
        private final Thief thief;
        private final int firstCall;
        private final long lastCall;
        private int calls;

        private Taking(Disk under, Thief thief, int firstCall, int length) {
            super(under);
            this.thief = thief;
            this.firstCall = firstCall;
            this.lastCall = (long) firstCall + length;
        }

        @Override
        protected synchronized <T extends @Nullable Object> T onCall(
                DiskCall call, @Nullable DiskFile file, Supplier<T> body) {
            calls++;
            if (calls == firstCall) {
                thief.takeAll();
            } else if (calls == lastCall) {
                thief.giveBack();
            }
            return body.get();
        }

        /** From now on nothing is taken; answers whether something was. */
        private synchronized boolean disarm() {
            boolean taken = calls >= firstCall;
            calls = Integer.MIN_VALUE;
            return taken;
        }
    }

    private final StoreOpener opener;
    private final Thief thief;
    private Tally tally = new Tally(0, 0, 0);

    private MemorySweep(StoreOpener opener, Thief thief) {
        this.opener = opener;
        this.thief = thief;
    }

    /**
     * Sweeps over every {@code stride}-th call, other ones for each length of time.
     *
     * @throws AssertionError naming the call after which a promise was broken
     */
    public static Tally run(StoreOpener opener, Thief thief, int stride) {
        MemorySweep sweep = new MemorySweep(opener, thief);
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

    /** Runs the workload; false when it came to its end before memory was taken. */
    private boolean ran(int call, int length) {
        CrashingDisk under = new CrashingDisk(call);
        Taking disk = new Taking(under, thief, call, length);
        Oracle oracle = new Oracle();
        Session session = new Session(opener, disk, oracle, 1);
        Workload workload = new Workload();
        try {
            workload.run(session);
        } finally {
            thief.giveBack();
        }
        boolean hasTaken = disk.disarm();
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
        if (hasTaken) {
            tally =
                    new Tally(
                            tally.runs + 1,
                            tally.refused + (workload.failures().isEmpty() ? 0 : 1),
                            tally.refusedToOpen + (refusedToOpen ? 1 : 0));
        }
        return hasTaken;
    }

    private static void requireRefusal(StoreException failure) {
        boolean refuses =
                failure instanceof StoreException.Busy || failure instanceof StoreException.Full;
        if (!refuses) {
            throw new Violation("want of memory is not told as a refusal", failure);
        }
    }
}
