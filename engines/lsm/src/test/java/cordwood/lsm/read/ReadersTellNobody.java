package cordwood.lsm.read;

import cordwood.testkit.mutant.InsteadOf;

/** M19: a reader that held something back leaves, and nobody hears of it. */
public final class ReadersTellNobody {

    private ReadersTellNobody() {}

    @InsteadOf(Versions.class)
    public static void whenReclaimable(Versions versions, Runnable told) {}
}
