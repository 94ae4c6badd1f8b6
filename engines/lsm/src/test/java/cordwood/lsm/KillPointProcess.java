package cordwood.lsm;

import cordwood.testkit.crash.MortalProcess;

/** The process that {@link KillPointsTest} kills. */
final class KillPointProcess {

    private KillPointProcess() {}

    static void main(String... arguments) {
        MortalProcess.run(FaultOpener.onThreads(), System.out, arguments);
    }
}
