package cordwood.testkit.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.store.StepExecutor;
import cordwood.store.StreamStore;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.disk.DiskCall;
import cordwood.testkit.disk.DiskOperation;
import cordwood.testkit.disk.InterposedDisk;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The trials pass a store that keeps its promises and fail every one that does not. */
@ExtendWith(SeedExtension.class)
final class TrialsTest {

    private record Opener(Mutant mutant, UnaryOperator<Disk> front) implements StoreOpener {
        Opener(Mutant mutant) {
            this(mutant, UnaryOperator.identity());
        }

        @Override
        public StreamStore open(Disk disk, Path directory, StepExecutor steps, long seed) {
            return new TinyStore(front.apply(disk), directory, steps, mutant);
        }

        @Override
        public List<Path> strayFiles(Disk disk, Path directory) {
            List<Path> files = disk.list(directory);
            return files.size() <= 3 ? List.of() : files;
        }
    }

    /** A disk that drops the calls of some operations. */
    private static final class DroppingDisk extends InterposedDisk {
        private final Set<DiskOperation> dropped;

        DroppingDisk(Disk under, DiskOperation... dropped) {
            super(under);
            this.dropped = Set.of(dropped);
        }

        @Override
        @SuppressWarnings("NullAway") // only calls without a result are dropped
        protected <T extends @Nullable Object> T onCall(
                DiskCall call, @Nullable DiskFile file, Supplier<T> body) {
            return dropped.contains(call.operation()) ? null : body.get();
        }
    }

    private static final boolean LONG = Boolean.getBoolean("cordwood.long");
    private static final StoreOpener GOOD = new Opener(Mutant.NONE);

    @Test
    void goodStoreSurvivesRandomCrashes(Seed seed) {
        CrashHistories.Tally tally = CrashHistories.run(GOOD, seed, 40, 100);

        assertThat(tally.histories()).isEqualTo(40);
        assertThat(tally.crashes()).isGreaterThan(60);
        assertThat(tally.recoveryCrashes()).isGreaterThan(10);
        assertThat(tally.acknowledged()).isGreaterThan(400);
    }

    @Test
    void goodStoreSurvivesEveryShortWorkload() {
        CrashStates.Tally tally = CrashStates.run(GOOD, LONG ? 3 : 2);

        assertThat(tally.workloads()).isEqualTo(LONG ? 585 : 73);
        assertThat(tally.states()).isGreaterThan(1_000);
    }

    @Test
    void goodStoreIsHealthyOrStoppedAfterAnyFailure() {
        FailureSweep.Tally tally = FailureSweep.run(GOOD);

        assertThat(tally.runs()).isGreaterThan(500);
        assertThat(tally.stopped()).isGreaterThan(100);
        assertThat(tally.refusedToOpen()).isGreaterThan(20);
    }

    @Test
    void goodStoreStopsAtTheFirstFailedSync(Seed seed) {
        SyncFailures.Tally tally = SyncFailures.run(GOOD, seed, 2);

        assertThat(tally.sites()).isGreaterThan(50);
    }

    @Test
    void goodStoreLeavesNothingBehind(Seed seed) {
        Lifecycles.run(GOOD, seed, 50);
    }

    @Test
    void goodStoreDoesNotNoticeInterrupts(Seed seed, @TempDir Path directory) throws Exception {
        InterruptStorm.Tally tally =
                InterruptStorm.run(GOOD, directory.resolve("store"), seed, 300);

        assertThat(tally.acknowledged()).isPositive();
        assertThat(tally.reads()).isPositive();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void everyMutantIsCaught(Mutant mutant, Seed seed) {
        assumeTrue(LONG || mutant != Mutant.HANG_WHEN_FLUSH_FAILS, "a hang takes 10 s to tell");
        assertThatThrownBy(() -> run(mutant.caughtBy(), new Opener(mutant), seed))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void skippedSyncIsCaught(Seed seed) {
        StoreOpener opener =
                new Opener(Mutant.NONE, disk -> new DroppingDisk(disk, DiskOperation.SYNC));

        assertThatThrownBy(() -> run(Mutant.Trial.CRASH_HISTORIES, opener, seed))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void skippedDirectorySyncIsCaught(Seed seed) {
        StoreOpener opener =
                new Opener(
                        Mutant.NONE, disk -> new DroppingDisk(disk, DiskOperation.SYNC_DIRECTORY));

        assertThatThrownBy(() -> run(Mutant.Trial.CRASH_STATES, opener, seed))
                .isInstanceOf(AssertionError.class);
    }

    private static void run(Mutant.Trial trial, StoreOpener opener, Seed seed) {
        switch (trial) {
            case CRASH_HISTORIES -> CrashHistories.run(opener, seed, 40, 100);
            case CRASH_STATES -> CrashStates.run(opener, 2);
            case FAILURE_SWEEP -> FailureSweep.run(opener);
            case SYNC_FAILURES -> SyncFailures.run(opener, seed, 2);
        }
    }
}
