package cordwood.testkit.crash;

import cordwood.files.Disk;
import cordwood.store.StoreException;
import cordwood.testkit.Seed;
import cordwood.testkit.crash.Oracle.Promise;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.MortalDisk;
import cordwood.testkit.disk.RecordingDisk;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Random lives of a store, each ended by a power loss, the death of the process or a clean close,
 * at times in the middle of recovering from the one before; after each the store must show a prefix
 * that holds everything it promised.
 */
public final class CrashHistories {

    /**
     * What was run.
     *
     * @param histories lives strung together on one disk
     * @param crashes power losses and process deaths
     * @param recoveryCrashes those of them that hit an open
     * @param acknowledged batches acknowledged at any level
     */
    public record Tally(int histories, int crashes, int recoveryCrashes, long acknowledged) {
        private Tally plus(Tally other) {
            return new Tally(
                    histories + other.histories,
                    crashes + other.crashes,
                    recoveryCrashes + other.recoveryCrashes,
                    acknowledged + other.acknowledged);
        }
    }

    private final StoreOpener opener;
    private final SplittableRandom random;
    private final Traffic traffic;
    private final Oracle oracle = new Oracle();
    private CrashingDisk disk;
    private MortalDisk process;
    private Disk front;
    private Promise promise = Promise.VISIBLE;
    private Tally tally = new Tally(1, 0, 0, 0);

    private CrashHistories(StoreOpener opener, long seed) {
        this.opener = opener;
        random = new SplittableRandom(seed);
        traffic = new Traffic(random.nextLong());
        disk = new CrashingDisk(random.nextLong());
        process = new MortalDisk(disk);
        front = process;
    }

    /**
     * Runs histories of about so many appends and other calls each.
     *
     * @throws AssertionError naming the seed of the first history in which a promise was broken
     */
    public static Tally run(StoreOpener opener, Seed seed, int histories, int calls) {
        Tally[] sum = {new Tally(0, 0, 0, 0)};
        Histories.each(
                seed,
                histories,
                own -> {
                    CrashHistories history = new CrashHistories(opener, own);
                    history.run(calls);
                    sum[0] = sum[0].plus(history.tally);
                });
        return sum[0];
    }

    private void run(int calls) {
        for (int left = calls; left > 0; ) {
            int round = 1 + random.nextInt(left);
            left -= round;
            live(round);
        }
        Session last = new Session(opener, disk, oracle, random.nextLong());
        last.open();
        last.recovered(promise);
        last.close();
        Session again = new Session(opener, disk, oracle, random.nextLong());
        again.open();
        again.check(Promise.VISIBLE);
        again.close();
        List<Path> stray = opener.strayFiles(disk, Session.DIRECTORY);
        if (!stray.isEmpty()) {
            throw new Violation("nothing refers to " + stray + " after the second reopen");
        }
        if (!disk.openFiles().isEmpty()) {
            throw new Violation("files were left open: " + disk.openFiles());
        }
    }

    private void live(int calls) {
        disk.writeBack(random.nextInt(4) == 0 ? 20 : 0);
        crashWhileOpening();
        startProcess();
        Session session = new Session(opener, front, oracle, random.nextLong());
        session.open();
        session.recovered(promise);
        int ending = random.nextInt(10);
        if (ending < 6) {
            disk.losePowerAt(1 + random.nextInt(4 * calls));
        } else if (ending < 8) {
            process.killAt(1 + random.nextInt(4 * calls));
        }
        work(session, calls);
        switch (ending) {
            case 0, 1, 2, 3, 4, 5 -> losePower(session);
            case 6, 7 -> kill(session);
            default -> close(session);
        }
    }

    private void work(Session session, int calls) {
        try {
            for (int i = 0; i < calls; i++) {
                call(session);
            }
            StoreException failure = random.nextInt(3) == 0 ? null : session.settle();
            if (failure != null) {
                throw failure;
            }
        } catch (StoreException e) {
            if (!disk.isPowerLost() && !process.isDead()) {
                throw new Violation("a call failed on a healthy disk", e);
            }
        }
    }

    private void call(Session session) {
        switch (random.nextInt(40)) {
            case 0 -> session.flush();
            case 1 -> session.compact();
            case 2 -> session.check(Promise.VISIBLE);
            case 3 -> {
                if (random.nextInt(4) == 0) {
                    session.checkpoint(copy());
                }
            }
            default -> session.append(traffic.batch(), traffic.level());
        }
        switch (random.nextInt(4)) {
            case 0 -> {
                StoreException failure = session.settle();
                if (failure != null) {
                    throw failure;
                }
            }
            case 1 -> session.run(4);
            default -> {}
        }
    }

    private void crashWhileOpening() {
        if (random.nextInt(4) != 0) {
            return;
        }
        boolean kills = random.nextInt(4) == 0;
        startProcess();
        if (kills) {
            process.killAt(1 + random.nextInt(30));
        } else {
            disk.losePowerAt(1 + random.nextInt(30));
        }
        Session session = new Session(opener, front, oracle, random.nextLong());
        try {
            session.open();
        } catch (StoreException e) {
            if (!disk.isPowerLost() && !process.isDead()) {
                throw new Violation("open failed on a healthy disk", e);
            }
        }
        tally = tally.plus(new Tally(0, 0, 1, 0));
        if (!kills) {
            losePower(session);
            return;
        }
        Promise before = promise;
        kill(session);
        promise = before;
    }

    private void close(Session session) {
        session.close();
        requireReleased();
        tally = tally.plus(new Tally(0, 0, 0, oracle.acknowledged()));
        promise = Promise.VISIBLE;
    }

    /** Ends the life; what was not synced survives in part. */
    private void losePower(Session session) {
        Histories.tell(() -> "the power is lost; unsynced: " + disk.pending());
        disk.losePower();
        session.abandon();
        requireReleased();
        disk = disk.crash(random.nextLong(), survivalPercent());
        promise = Promise.POWER_LOSS;
        tally = tally.plus(new Tally(0, 1, 0, oracle.acknowledged()));
    }

    /** Ends the life; everything handed to the system is still there, synced or not. */
    private void kill(Session session) {
        Histories.tell(() -> "the process is killed");
        process.kill();
        session.abandon();
        promise = Promise.PROCESS_DEATH;
        tally = tally.plus(new Tally(0, 1, 0, oracle.acknowledged()));
    }

    private void startProcess() {
        process = new MortalDisk(disk);
        front =
                new RecordingDisk(
                        process, entry -> Histories.tell(() -> "    " + entry.toString()));
    }

    private void requireReleased() {
        if (!disk.openFiles().isEmpty() || !disk.lockedDirectories().isEmpty()) {
            throw new Violation("close left open " + disk.openFiles() + disk.lockedDirectories());
        }
    }

    private Path copy() {
        return Session.DIRECTORY.resolveSibling("copy-" + random.nextInt(1 << 30));
    }

    private int survivalPercent() {
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> 100;
            default -> random.nextInt(101);
        };
    }
}
