package cordwood.loglet;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tells people what went wrong; whatever is thrown by that harms nobody. Thread-safe. */
final class Report {

    private static final System.Logger LOGGER = System.getLogger("cordwood.loglet");

    private Report() {}

    /** An error of a loglet. */
    static void error(long logletId, String what, @Nullable Throwable cause) {
        write(System.Logger.Level.ERROR, ofLoglet(logletId, what), cause);
    }

    /** As {@link #error}, of what is to be expected. */
    static void expected(long logletId, String what, @Nullable Throwable cause) {
        write(System.Logger.Level.DEBUG, ofLoglet(logletId, what), cause);
    }

    /** What passes by itself. */
    static void trouble(String what, @Nullable Throwable cause) {
        write(System.Logger.Level.WARNING, () -> what, cause);
    }

    private static Supplier<String> ofLoglet(long logletId, String what) {
        return () -> "loglet " + Long.toUnsignedString(logletId) + " " + what;
    }

    private static void write(
            System.Logger.Level level, Supplier<String> text, @Nullable Throwable cause) {
        try {
            LOGGER.log(level, text, cause);
        } catch (Throwable _) {
            // there is nobody else to tell
        }
    }
}
