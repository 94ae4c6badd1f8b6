package cordwood.testkit.crash;

import org.jspecify.annotations.Nullable;

/** A promise that the store under test broke. */
public final class Violation extends AssertionError {

    private static final long serialVersionUID = 1L;

    /** Says which promise and how. */
    public Violation(String message) {
        super(message);
    }

    /** As above, with what showed it. */
    public Violation(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
