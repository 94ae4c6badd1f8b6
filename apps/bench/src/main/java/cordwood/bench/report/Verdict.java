package cordwood.bench.report;

/**
 * What a figure's change from one result to another means. Swapped results give the mirrored
 * verdict.
 */
enum Verdict {
    FASTER("faster"),
    SLOWER("slower"),
    WITHIN_NOISE("within noise"),
    NONE("-");

    /** The least factor that is called a change, however little the repeats differ. */
    static final double FACTOR_MIN = 1.02;

    /** The factor up to which a change says nothing where a side has no second run. */
    static final double FACTOR_OF_SINGLE_RUNS = 1.10;

    /*
     * Distances are between logarithms, which are the same both ways; a figure of 0 is endlessly
     * far from any other.
     */

    private final String text;

    Verdict(String text) {
        this.text = text;
    }

    /** The word for it in tables. */
    String text() {
        return text;
    }

    /** Judges a figure's medians by how far its repeats lie from them. */
    static Verdict of(Figure figure, Spread first, Spread second) {
        if (first.count() == 0 || second.count() == 0) {
            return NONE;
        }
        if (distance(first.median(), second.median()) <= noise(first, second)) {
            return WITHIN_NOISE;
        }
        boolean isMore = second.median() > first.median();
        return isMore == figure.higherIsBetter() ? FASTER : SLOWER;
    }

    private static double noise(Spread first, Spread second) {
        if (first.count() < 2 || second.count() < 2) {
            return Math.log(FACTOR_OF_SINGLE_RUNS);
        }
        return Math.max(Math.log(FACTOR_MIN), Math.max(width(first), width(second)));
    }

    private static double width(Spread spread) {
        return Math.max(
                distance(spread.lowest(), spread.median()),
                distance(spread.median(), spread.highest()));
    }

    static double distance(double one, double other) {
        return one == other ? 0 : Math.abs(Math.log(one) - Math.log(other));
    }
}
