package cordwood.cli;

/** What the process tells its caller. */
final class ExitCode {

    static final int DONE = 0;
    static final int FAILED = 1;

    /** Wrong usage: mend the flags, the configuration or the input, then repeat. */
    static final int USAGE = 2;

    /** Everything ran, and a gate or comparison fell short. */
    static final int FELL_SHORT = 3;

    /** Stopped by Ctrl-C, having printed and written what there was. */
    static final int INTERRUPTED = 130;

    private ExitCode() {}
}
