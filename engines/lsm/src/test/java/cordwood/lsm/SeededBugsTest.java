package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.files.Disk;
import cordwood.store.StepExecutor;
import cordwood.store.StreamStore;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.crash.CrashHistories;
import cordwood.testkit.crash.CrashStates;
import cordwood.testkit.crash.FailureSweep;
import cordwood.testkit.crash.StoreOpener;
import cordwood.testkit.crash.SyncFailures;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The trials that pass the engine catch it with any of these mistakes. */
@Tag("trial")
@ExtendWith(SeedExtension.class)
final class SeededBugsTest {

    private record Opener(SeededBug bug) implements StoreOpener {
        @Override
        public StreamStore open(Disk disk, Path directory, StepExecutor steps, long seed) {
            return new FaultOpener().open(bug.before(disk), directory, steps, seed);
        }

        @Override
        public boolean waitsInLockstep() {
            return true;
        }

        @Override
        public boolean makesCheckpoints() {
            return false;
        }
    }

    @Test
    void skippedSyncOfTheLogIsCaught() {
        requireCaughtByCrashStates(SeededBug.SKIP_SYNC_OF_LOG);
    }

    @Test
    void skippedSyncOfTheDirectoryIsCaught() {
        requireCaughtByCrashStates(SeededBug.SKIP_SYNC_OF_DIRECTORY);
    }

    @Test
    void retriedSyncIsCaught(Seed seed) {
        Opener opener = new Opener(SeededBug.RETRY_SYNC);
        requireCaught(() -> SyncFailures.run(opener, seed, 2));
    }

    @Test
    void acknowledgementBeforeTheSyncIsCaught() {
        requireCaughtByCrashStates(SeededBug.ACKNOWLEDGE_BEFORE_SYNC);
    }

    @Test
    void appendBehindAShortWriteIsCaught() {
        Opener opener = new Opener(SeededBug.APPEND_AFTER_SHORT_WRITE);
        requireCaught(() -> FailureSweep.run(opener));
    }

    @Test
    void lengthBelievedBeforeItsChecksumIsCaught() {
        SeededBug bug = SeededBug.TRUST_LENGTH_BEFORE_CHECKSUM;
        requireCaught(() -> LogDamageTest.requireTornHeadsToBeDropped(bug::before));
    }

    @Test
    void recoveryThatServesWhatItDidNotSyncIsCaught(Seed seed) {
        Opener opener = new Opener(SeededBug.SERVE_BEFORE_SYNC);
        requireCaught(() -> CrashHistories.run(opener, seed, 200, 100));
    }

    @Test
    void damageTakenForATornTailIsCaught() {
        SeededBug bug = SeededBug.TAKE_DAMAGE_FOR_TORN_TAIL;
        requireCaught(() -> LogDamageTest.requireDamageToBeRefused(bug::before));
    }

    @Test
    void droppingTheLogBeforeTheTableIsSyncedIsCaught() {
        requireCaughtByCrashStates(SeededBug.DROP_LOG_BEFORE_TABLE_IS_SYNCED);
    }

    @Test
    void renameBeforeTheSyncIsCaught() {
        requireCaughtByCrashStates(SeededBug.RENAME_BEFORE_SYNC);
    }

    private static void requireCaughtByCrashStates(SeededBug bug) {
        requireCaught(() -> CrashStates.run(new Opener(bug), 2));
    }

    private static void requireCaught(ThrowingCallable trial) {
        assertThatThrownBy(trial).isInstanceOf(AssertionError.class);
    }
}
