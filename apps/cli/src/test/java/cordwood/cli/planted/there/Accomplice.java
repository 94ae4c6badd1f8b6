package cordwood.cli.planted.there;

import cordwood.cli.planted.here.Offender;

/** The other half of the offender's cycle. */
public final class Accomplice {

    private Accomplice() {}

    /** Calls back. */
    public static void call() {
        Offender.call();
    }
}
