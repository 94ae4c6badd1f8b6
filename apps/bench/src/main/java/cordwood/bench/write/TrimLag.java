package cordwood.bench.write;

/**
 * How far behind its tail a stream is trimmed: so many records are kept at least, and a quarter
 * more at most, since a trim of every record would cost more than what is measured.
 *
 * @param recordCount records kept at least, 0 where nothing is trimmed
 */
record TrimLag(long recordCount) {

    /** Nothing is to be trimmed now. */
    static final long NOTHING = 0;

    private static final long STEPS = 4;

    /**
     * Where a stream is to be trimmed to, or {@link #NOTHING}. Streams of one length have their
     * turns apart.
     *
     * @param before its last position when it was asked before
     * @param last its last position now
     */
    long trimPoint(long stream, long before, long last) {
        if (recordCount == 0 || last <= recordCount) {
            return NOTHING;
        }
        long step = Math.max(1, recordCount / STEPS);
        boolean isDue = (before + stream) / step != (last + stream) / step;
        return isDue ? last - recordCount : NOTHING;
    }
}
