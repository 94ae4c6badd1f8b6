package cordwood.testkit.crash;

import cordwood.store.StoreException;
import cordwood.testkit.crash.Oracle.Promise;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.FailingDisk;
import cordwood.testkit.disk.Fault;
import cordwood.testkit.disk.RecordingDisk;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * One workload, again and again, in which the n-th call of the disk fails, until every call has
 * failed in every way: the store must stay healthy or stop for good, and hold its promises when it
 * is opened again.
 */
public final class FailureSweep {

    /**
     * What was run.
     *
     * @param runs workloads with a failure in them
     * @param stopped those after which writes had stopped for good
     * @param refusedToOpen those in which the store could not even be opened once
     * @param compactions done in all of them
     */
    public record Tally(int runs, int stopped, int refusedToOpen, long compactions) {
        private Tally plus(Session session, boolean isStopped) {
            return new Tally(
                    runs + 1,
                    stopped + (isStopped ? 1 : 0),
                    refusedToOpen + (session.lives() == 0 ? 1 : 0),
                    compactions + session.compactions());
        }
    }

    private static final int REFUSALS_MAX = 1_000;

    private final StoreOpener opener;
    private final Life life;
    private Supplier<String> calls = () -> "";
    private Tally tally = new Tally(0, 0, 0, 0);

    private FailureSweep(StoreOpener opener, Life life) {
        this.opener = opener;
        this.life = life;
    }

    /**
     * Sweeps all kinds of failure, once and for good.
     *
     * @throws AssertionError naming the failure after which a promise was broken
     */
    public static Tally run(StoreOpener opener) {
        return run(opener, Life.EVERY_PROTOCOL, 1);
    }

    /**
     * Sweeps all kinds of failure, each over every {@code stride}-th call; different calls for
     * different kinds.
     */
    public static Tally run(StoreOpener opener, Life life, int stride) {
        FailureSweep sweep = new FailureSweep(opener, life);
        int first = 0;
        for (Fault.Kind kind : Fault.Kind.values()) {
            for (boolean sticky : List.of(false, true)) {
                sweep.run(kind, sticky, first % stride + 1, stride);
                first++;
            }
        }
        return sweep.tally;
    }

    /** Sweeps one kind of failure, once and for good, over every {@code stride}-th call. */
    public static Tally run(StoreOpener opener, Fault.Kind kind, int stride) {
        FailureSweep sweep = new FailureSweep(opener, Life.EVERY_PROTOCOL);
        sweep.run(kind, false, 1, stride);
        sweep.run(kind, true, stride / 2 + 1, stride);
        return sweep.tally;
    }

    private void run(Fault.Kind kind, boolean sticky, int firstCall, int stride) {
        for (int call = firstCall; ; call += stride) {
            Fault fault = sticky ? Fault.from(kind, call) : Fault.once(kind, call);
            String name = "%s at call %d%s".formatted(kind, call, sticky ? " and after" : "");
            try {
                if (!failed(fault)) {
                    return;
                }
            } catch (RuntimeException | Error e) {
                throw new AssertionError(name + ": " + e.getMessage() + calls.get(), e);
            }
        }
    }

    /** Runs the workload with a fault; false when it came to its end before the fault was due. */
    private boolean failed(Fault fault) {
        CrashingDisk under = new CrashingDisk(fault.call());
        FailingDisk failing = new FailingDisk(under, fault);
        RecordingDisk disk = new RecordingDisk(failing);
        calls = disk::lastCalls;
        Oracle oracle = new Oracle();
        Session session = new Session(opener, disk, oracle, 1);
        Workload workload = new Workload(life);
        workload.run(session);
        if (!failing.hasFailed()) {
            session.check(Promise.VISIBLE);
            closeWhileFailing(session);
        }
        if (!failing.hasFailed()) {
            requireNoFailure(workload);
            return false;
        }
        failing.disarm();
        workload.failures().forEach(FailureSweep::requireFitting);
        boolean isStopped = session.isStopped();
        if (session.isOpen()) {
            session.check(Promise.VISIBLE);
            requireHealthyOrStopped(session);
            session.abandon();
        }
        tally = tally.plus(session, isStopped);
        SyncRule.check(disk.trace());
        requireClosed(under);
        requireRecovery(opener, under.crash(1, 0), oracle.frozen(), Promise.POWER_LOSS);
        requireRecovery(opener, under.crash(fault.call(), 50), oracle.frozen(), Promise.POWER_LOSS);
        requireRecovery(opener, under, oracle.frozen(), Promise.PROCESS_DEATH);
        return true;
    }

    private static void closeWhileFailing(Session session) {
        try {
            session.close();
        } catch (StoreException e) {
            requireFitting(e);
        }
    }

    private static void requireNoFailure(Workload workload) {
        if (!workload.failures().isEmpty()) {
            throw new Violation("a call failed on a healthy disk", workload.failures().getFirst());
        }
    }

    private static void requireFitting(StoreException failure) {
        boolean fits =
                switch (failure) {
                    case StoreException.Failed _ -> true;
                    case StoreException.Full _ -> true;
                    case StoreException.Busy _ -> true;
                    case StoreException.Invalid _ -> false;
                    case StoreException.Closed _ -> false;
                    case StoreException.Corrupt _ -> false;
                    case StoreException.Fenced _ -> false;
                    case StoreException.Internal _ -> false;
                };
        if (!fits) {
            throw new Violation("a failure of the disk is not told as one", failure);
        }
    }

    /** Once stopped, every write fails so; unless stopped, every write works before long. */
    private static void requireHealthyOrStopped(Session session) {
        boolean stopped = session.isStopped();
        for (int i = 0; i < 2; i++) {
            try {
                appendAfterRefusals(session, 10_000 + i);
                if (stopped) {
                    throw new Violation("a write succeeds after writes stopped for good");
                }
            } catch (StoreException.Failed e) {
                if (!stopped) {
                    throw new Violation("a write fails on a healthy disk, with no reason told", e);
                }
            } catch (StoreException e) {
                throw new Violation("neither healthy nor stopped", e);
            }
        }
        session.check(Promise.VISIBLE);
    }

    /** What the disk refused may be asked for again in the background: a few writes may be late. */
    static void appendAfterRefusals(Session session, int position) {
        for (int refusals = 0; ; refusals++) {
            try {
                Script.APPEND_DURABLE.on(session, position);
                return;
            } catch (StoreException.Full | StoreException.Busy e) {
                if (refusals == REFUSALS_MAX) {
                    throw e;
                }
                LockSupport.parkNanos(1_000_000);
                session.rest();
            }
        }
    }

    static void requireClosed(CrashingDisk disk) {
        if (!disk.openFiles().isEmpty() || !disk.lockedDirectories().isEmpty()) {
            throw new Violation("left open: " + disk.openFiles() + disk.lockedDirectories());
        }
    }

    static void requireRecovery(
            StoreOpener opener, CrashingDisk disk, Oracle oracle, Promise promise) {
        Session session = new Session(opener, disk, oracle, 1);
        session.open();
        session.recovered(promise);
        Script.APPEND_DURABLE.on(session, 20_000);
        session.close();
        session.open();
        session.check(Promise.VISIBLE);
        session.close();
        List<Path> stray = opener.strayFiles(disk, Session.DIRECTORY);
        if (!stray.isEmpty()) {
            throw new Violation("nothing refers to " + stray + " after the second reopen");
        }
        requireClosed(disk);
    }
}
