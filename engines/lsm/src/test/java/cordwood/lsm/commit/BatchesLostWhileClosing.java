package cordwood.lsm.commit;

import cordwood.lsm.memtable.Memtable;
import cordwood.lsm.wal.LogRecord;
import cordwood.lsm.wal.RecoveredLog;
import cordwood.lsm.wal.WalRecovery;
import cordwood.testkit.mutant.InsteadOf;

/** M15: while the store is closed, every other batch goes to the log and to no memtable. */
public final class BatchesLostWhileClosing {

    private static volatile boolean closing;
    private static long batches; // one thread at a time

    private BatchesLostWhileClosing() {}

    @InsteadOf(LogCommitter.class)
    public static void close(LogCommitter committer) {
        closing = true;
        committer.close();
    }

    @InsteadOf(WalRecovery.class)
    public static RecoveredLog recover(WalRecovery recovery, LogRecord recorded) {
        closing = false;
        return recovery.recover(recorded);
    }

    @InsteadOf(Memtable.class)
    public static void apply(Memtable memtable, long bodyPlace, long bodyBytes, long sequence) {
        batches++;
        if (!closing || batches % 2 == 0) {
            memtable.apply(bodyPlace, bodyBytes, sequence);
        }
    }
}
