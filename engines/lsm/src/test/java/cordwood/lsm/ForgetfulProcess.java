package cordwood.lsm;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.store.StepExecutor;
import cordwood.store.StreamStore;
import cordwood.testkit.crash.MortalProcess;
import cordwood.testkit.disk.DiskCall;
import cordwood.testkit.disk.InterposedDisk;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A process that does not write its log, by which {@link KillPointsTest} proves to notice. */
final class ForgetfulProcess {

    private ForgetfulProcess() {}

    static void main(String... arguments) {
        MortalProcess.run(ForgetfulProcess::open, System.out, arguments);
    }

    private static StreamStore open(Disk disk, Path directory, StepExecutor steps, long seed) {
        return FaultOpener.onThreads().open(new Forgetful(disk), directory, steps, seed);
    }

    private static final class Forgetful extends InterposedDisk {
        Forgetful(Disk under) {
            super(under);
        }

        @Override
        protected void onWrite(DiskCall call, DiskFile file, ByteBuffer source) {
            if (!call.fileName().endsWith(".wal")) {
                super.onWrite(call, file, source);
            }
        }
    }
}
