package cordwood.testkit.crash;

import cordwood.store.StoreException;
import cordwood.testkit.Seed;
import cordwood.testkit.crash.Oracle.Promise;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.RecordingDisk;
import cordwood.testkit.disk.SyncFault;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Every sync of a workload fails once, on file systems of every temper: nothing may be acknowledged
 * after it, the sync is not tried again, writes stop for good, and what was acknowledged is there
 * when the store is opened from what the device holds.
 */
public final class SyncFailures {

    /**
     * What was run.
     *
     * @param runs workloads with a failing sync in them
     * @param sites different syncs that failed
     */
    public record Tally(int runs, int sites) {}

    private final StoreOpener opener;
    private Supplier<String> calls = () -> "";
    private int runs;
    private int sites;

    private SyncFailures(StoreOpener opener) {
        this.opener = opener;
    }

    /**
     * Fails every sync under so many seeds, which choose the pages that are dropped.
     *
     * @throws AssertionError naming the failure after which a promise was broken
     */
    public static Tally run(StoreOpener opener, Seed seed, int seeds) {
        SyncFailures failures = new SyncFailures(opener);
        for (SyncFault.Personality personality : SyncFault.Personality.values()) {
            int site = 1;
            while (failures.failEach(personality, site, seed, seeds)) {
                site++;
            }
            failures.sites += site - 1;
        }
        return new Tally(failures.runs, failures.sites);
    }

    private boolean failEach(SyncFault.Personality personality, int site, Seed seed, int seeds) {
        for (int i = 0; i < seeds; i++) {
            SyncFault fault = new SyncFault(site, personality, i % 2 == 0 ? 100 : 50);
            long own = seed.child(i).value();
            try {
                if (!reached(fault, own)) {
                    return false;
                }
            } catch (RuntimeException | Error e) {
                throw new AssertionError(
                        "%s seed %d: %s%s".formatted(fault, own, e.getMessage(), calls.get()), e);
            }
        }
        return true;
    }

    private boolean reached(SyncFault fault, long seed) {
        CrashingDisk device = new CrashingDisk(seed);
        device.failSync(fault);
        Oracle oracle = new Oracle();
        Session[] session = new Session[1];
        Moment[] failure = new Moment[1];
        RecordingDisk disk =
                new RecordingDisk(
                        device,
                        entry -> {
                            if (failure[0] == null
                                    && SyncRule.isFailedSync(entry)
                                    && entry.call().path().startsWith(Session.DIRECTORY)) {
                                failure[0] = new Moment(session[0].lives(), oracle.acknowledged());
                            }
                        });
        calls = disk::lastCalls;
        session[0] = new Session(opener, disk, oracle, seed);
        new Workload(Life.EVERY_PROTOCOL).run(session[0]);
        if (device.syncs() < fault.sync()) {
            closeAtTheEnd(session[0], device, fault);
            return false;
        }
        runs++;
        requireStopped(session[0], oracle, failure[0]);
        SyncRule.check(disk.trace());
        session[0].abandon();
        FailureSweep.requireClosed(device);
        requireRecovery(device.crash(seed, 0), oracle.frozen(), seed);
        requireRecovery(device.crash(seed, 50), oracle.frozen(), seed);
        return true;
    }

    /** Closing may sync, and that may be the one to fail. */
    private static void closeAtTheEnd(Session session, CrashingDisk device, SyncFault fault) {
        try {
            session.close();
        } catch (StoreException.Failed e) {
            if (device.syncs() < fault.sync()) {
                throw e;
            }
        }
    }

    private record Moment(int life, long acknowledged) {}

    private static void requireStopped(Session session, Oracle oracle, @Nullable Moment failure) {
        if (failure == null || !session.isOpen() || session.lives() != failure.life) {
            return; // not reported, or to a checkpoint, or to a store that is closed
        }
        if (!session.isStopped()) {
            throw new Violation("writes go on after a failed sync");
        }
        if (oracle.acknowledged() != failure.acknowledged) {
            throw new Violation(
                    "%d batches were acknowledged after a failed sync"
                            .formatted(oracle.acknowledged() - failure.acknowledged));
        }
        try {
            Script.APPEND_DURABLE.on(session, 1_000);
            throw new Violation("a write succeeds after a failed sync");
        } catch (StoreException.Failed e) {
            session.check(Promise.VISIBLE);
        }
    }

    private void requireRecovery(CrashingDisk disk, Oracle oracle, long seed) {
        Session session = new Session(opener, disk, oracle, seed);
        session.open();
        session.recovered(Promise.POWER_LOSS);
        Script.APPEND_DURABLE.on(session, 2_000);
        session.close();
    }
}
