package cordwood.testkit.crash;

import cordwood.store.Cursor;
import cordwood.store.Order;
import cordwood.store.StreamCursor;
import cordwood.testkit.Seed;
import cordwood.testkit.crash.Oracle.Promise;
import cordwood.testkit.disk.CrashingDisk;

/** Opens and closes a store often, with cursors left behind: nothing may add up. */
public final class Lifecycles {

    private Lifecycles() {}

    /**
     * Runs so many lives on one disk.
     *
     * @throws AssertionError when steps, files, locks, off-heap bytes or directory entries add up
     */
    public static void run(StoreOpener opener, Seed seed, int cycles) {
        CrashingDisk disk = new CrashingDisk(seed.value());
        Oracle oracle = new Oracle();
        Traffic traffic = new Traffic(seed.value());
        int filesHalfway = 0;
        for (int i = 0; i < cycles; i++) {
            Session session = new Session(opener, disk, oracle, seed.child(i).value());
            session.open();
            session.recovered(Promise.VISIBLE);
            for (int j = 0; j < i % 5; j++) {
                session.append(traffic.batch(), traffic.level());
            }
            if (i % 7 == 0) {
                session.flush();
            }
            session.with(store -> {
                Cursor cursor =
                        store.read(Traffic.SPACE, 1, Long.MIN_VALUE, Long.MAX_VALUE, Order.FORWARD);
                cursor.next();
                StreamCursor streams = store.streams(Traffic.SPACE);
                streams.next();
            });
            session.close();
            FailureSweep.requireClosed(disk);
            int files = disk.list(Session.DIRECTORY).size();
            if (i == cycles / 2) {
                filesHalfway = files;
            } else if (i > cycles / 2 && files > 2 * filesHalfway + 8) {
                throw new Violation(
                        "files add up: %d after %d lives, %d after %d"
                                .formatted(filesHalfway, cycles / 2, files, i));
            }
        }
    }
}
