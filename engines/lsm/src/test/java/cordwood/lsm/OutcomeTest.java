package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import cordwood.store.StepExecutor;
import cordwood.store.StreamStore;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.crash.FailingCall;
import cordwood.testkit.crash.GroupFailures;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.DiskCall;
import cordwood.testkit.disk.DiskOperation;
import cordwood.testkit.disk.InterposedDisk;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whatever write or sync of the log fails, what each batch is told is true after reopening. */
@ExtendWith(SeedExtension.class)
final class OutcomeTest {

    private static final int STRIDE = FaultOpener.LONG ? 1 : 5;
    private static final Path DIRECTORY = Path.of("/disk/store").toAbsolutePath();

    @Test
    void outcomesAreTrueWhicheverCallFails(Seed seed) {
        GroupFailures.Tally tally = GroupFailures.run(new Stores(seed), seed, STRIDE);
        assertThat(tally.runs()).isGreaterThan(20 / STRIDE);
        assertThat(tally.refused()).isPositive();
        assertThat(tally.unknown()).isPositive();
    }

    /** Each on a disk of its own, in memory. */
    private static final class Stores implements GroupFailures.Subject {
        private final Seed seed;
        private CrashingDisk disk;

        Stores(Seed seed) {
            this.seed = seed;
            this.disk = new CrashingDisk(seed.value());
        }

        @Override
        public GroupFailures.Writing open(FailingCall failing, StepExecutor steps) {
            disk = new CrashingDisk(seed.value());
            FailingLog failingLog = new FailingLog(disk, failing);
            LsmEnvironment system = LsmEnvironment.on(failingLog);
            LsmEnvironment environment =
                    new LsmEnvironment(
                            failingLog,
                            system.memory(),
                            steps,
                            system.background(),
                            system.syncs(),
                            system.pause(),
                            system.isPatient(),
                            system.waiter(),
                            system.recovery());
            LsmStore store = LsmStore.open(Fixtures.small(DIRECTORY), environment);
            failingLog.armed = true;
            return GroupFailures.Writing.to(store);
        }

        @Override
        public StreamStore reopen() {
            return LsmStore.open(Fixtures.small(DIRECTORY), LsmEnvironment.on(disk));
        }
    }

    private static final class FailingLog extends InterposedDisk {
        private final FailingCall failing;
        private volatile boolean armed;

        FailingLog(CrashingDisk under, FailingCall failing) {
            super(under);
            this.failing = failing;
        }

        @Override
        protected <T extends @Nullable Object> T onCall(
                DiskCall call, @Nullable DiskFile file, Supplier<T> body) {
            boolean counts =
                    armed
                            && call.fileName().endsWith(".wal")
                            && (call.operation() == DiskOperation.WRITE
                                    || call.operation() == DiskOperation.SYNC);
            if (counts && failing.failsBefore()) {
                throw failure(call);
            }
            T result = body.get();
            if (counts && failing.failsAfter()) {
                throw failure(call);
            }
            return result;
        }

        private FileFailure failure(DiskCall call) {
            FileFailure.Kind kind =
                    failing.kind() == FailingCall.Kind.NO_ROOM
                            ? FileFailure.Kind.NO_SPACE
                            : FileFailure.Kind.IO;
            return new FileFailure(kind, "call", call.path(), call.offsetBytes(), "injected", null);
        }
    }
}
