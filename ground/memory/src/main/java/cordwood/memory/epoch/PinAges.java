package cordwood.memory.epoch;

/** Remembers when epochs were current, to tell how old a pin of any of them is at least. */
final class PinAges {

    /*
     * A sample says that an epoch had begun at a time: whoever is pinned in an earlier one came
     * before. So the age of a pin is that of the first sample with a later epoch; it is never more
     * than the truth, and less by an interval between two samples at most.
     *
     * Samples up to the horizon's epoch are of no use any more. When there are too many nevertheless,
     * those go that leave a gap of an eighth of its age at most: so the older they are, the farther
     * apart, and some hundred are enough for years. When none can go, the newest is not added.
     */

    private static final int SAMPLES_MAX = 512;
    private static final int GAPS_PER_AGE = 8;

    // Guarded by this; both ascend.
    private final long[] epochs = new long[SAMPLES_MAX];
    private final long[] nanos = new long[SAMPLES_MAX];
    private int count;

    /**
     * The age of the oldest pin of an epoch before this one, at least 1; 0 when there is none.
     *
     * @param epoch current before {@code nowNanos} was read
     * @param horizon the oldest epoch pinned, read after both
     */
    synchronized long oldestNanos(long epoch, long nowNanos, long horizon) {
        dropUpTo(horizon);
        if (epoch > horizon && (count == 0 || epoch > epochs[count - 1])) {
            if (count == SAMPLES_MAX) {
                thinOut(nowNanos);
            }
            if (count < SAMPLES_MAX) {
                epochs[count] = epoch;
                nanos[count] = nowNanos;
                count++;
            }
        }
        if (epoch <= horizon) {
            return 0;
        }
        long age = count == 0 ? 0 : nowNanos - nanos[0];
        return age > 0 ? age : 1;
    }

    private void dropUpTo(long horizon) {
        int dropped = 0;
        while (dropped < count && epochs[dropped] <= horizon) {
            dropped++;
        }
        if (dropped > 0) {
            for (int i = dropped; i < count; i++) {
                epochs[i - dropped] = epochs[i];
                nanos[i - dropped] = nanos[i];
            }
            count -= dropped;
        }
    }

    private void thinOut(long nowNanos) {
        int kept = 1;
        for (int i = 1; i < count; i++) {
            boolean isLast = i == count - 1;
            if (isLast
                    || (nanos[i + 1] - nanos[kept - 1]) * GAPS_PER_AGE > nowNanos - nanos[i + 1]) {
                epochs[kept] = epochs[i];
                nanos[kept] = nanos[i];
                kept++;
            }
        }
        count = kept;
    }
}
