package cordwood.lsm.compaction;

/**
 * Says when a look at all tables is due again: one that takes long is taken seldom, so that it is a
 * small part of what a thread does, however many tables there are. Thread-safe, for one who looks.
 */
final class LookPace {

    /** Between two looks passes so many times what the last one took, unless there is little. */
    private static final int PAUSE_FACTOR = 20;

    private static final int FEW_TABLES = 256;

    private final long pauseNanosMin;
    private volatile long dueNanos = System.nanoTime();

    LookPace(long pauseNanosMin) {
        this.pauseNanosMin = pauseNanosMin;
    }

    boolean isDue() {
        return System.nanoTime() - dueNanos >= 0;
    }

    /** A look at so many tables that began then is over. */
    void ended(int tables, long begunNanos) {
        long now = System.nanoTime();
        long pauseNanos = tables > FEW_TABLES ? PAUSE_FACTOR * (now - begunNanos) : 0;
        dueNanos = now + Math.max(pauseNanosMin, pauseNanos);
    }
}
