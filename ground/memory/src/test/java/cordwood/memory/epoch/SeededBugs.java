package cordwood.memory.epoch;

/** Epochs with a mistake in them, to show that tests would find it. */
public final class SeededBugs {

    private SeededBugs() {}

    /** Takes pins of one epoch too many for harmless. */
    public static Epochs reclaimingOneEpochEarly() {
        return new Epochs(
                new EpochClock(new PinTable()) {
                    @Override
                    long horizon() {
                        return super.horizon() + 1;
                    }
                });
    }
}
