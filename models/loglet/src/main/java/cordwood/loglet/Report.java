package cordwood.loglet;

/**
 * Tells people what went wrong. Whatever is thrown by that, where there is no heap for it too,
 * harms nobody: nothing here throws. Thread-safe.
 */
final class Report {

    /** What went wrong with a loglet; its text is made here, where the heap may be full. */
    enum Trouble {
        WRITES_ENDED("takes no more writes"),
        LANDING_BUG("takes no more writes because of a bug"),
        STEP_BUG("was stopped by a bug"),
        BATCH_BUG("had a batch refused by a bug"),
        REQUEST_BUG("could not do what was asked"),
        READ_FAILED("could not be read"),
        REPLY_THREW("had a reply taken with an exception"),
        CLOCK_THREW("has a clock that throws");

        private final String words;

        Trouble(String words) {
            this.words = words;
        }
    }

    private static final System.Logger LOGGER = System.getLogger("cordwood.loglet");

    private Report() {}

    /** An error of a loglet. */
    static void error(long logletId, Trouble trouble, Throwable cause) {
        write(System.Logger.Level.ERROR, logletId, trouble, cause);
    }

    /** As {@link #error}, of what is to be expected. */
    static void expected(long logletId, Trouble trouble, Throwable cause) {
        write(System.Logger.Level.DEBUG, logletId, trouble, cause);
    }

    private static void write(
            System.Logger.Level level, long logletId, Trouble trouble, Throwable cause) {
        try {
            LOGGER.log(level, text(logletId, trouble), cause);
        } catch (Throwable _) {
            // there is nobody else to tell
        }
    }

    /** Who has what trouble. */
    static String text(long logletId, Trouble trouble) {
        return "loglet " + Long.toUnsignedString(logletId) + " " + trouble.words;
    }

    /** The clock of a server threw, which passes by itself. */
    static void clockFailed(Throwable cause) {
        try {
            LOGGER.log(System.Logger.Level.WARNING, "the clock of loglets failed", cause);
        } catch (Throwable _) {
            // there is nobody else to tell
        }
    }
}
