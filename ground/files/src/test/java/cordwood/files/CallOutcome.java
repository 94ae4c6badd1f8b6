package cordwood.files;

/** What came of a call of the disk, in a word for a parent process to read. */
final class CallOutcome {

    private CallOutcome() {}

    /** "done", or the kind of its failure. */
    static String of(Runnable call) {
        try {
            call.run();
            return "done";
        } catch (FileFailure e) {
            return e.kind().name();
        }
    }
}
