package cordwood.bench.report;

import cordwood.bench.BenchException;
import cordwood.store.NearestName;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A condition under which a comparison fails: {@code p99>+10%} fails when the median of p99 rose by
 * more than 10 %, {@code records_per_second<-5%} when that of records per second fell by more than
 * 5 %.
 *
 * <pre>
 * gate   = figure ( "&gt;" | "&lt;" ) change "%"
 * change = [ "+" | "-" ] number
 * figure = records_per_second | p99 | … (the keys of {@link Figure})
 * </pre>
 *
 * <p>Spaces between the parts do not matter. The change is that of the second file against the
 * first.
 *
 * @param figure what is looked at
 * @param above whether it fails above the bound, or below
 * @param boundPercent the change in percent at which it does not fail yet
 */
public record Gate(Figure figure, boolean above, double boundPercent) {

    private static final Pattern FORM =
            Pattern.compile("\\s*(\\w+)\\s*([<>])\\s*([+-]?\\d+(?:\\.\\d+)?)\\s*%\\s*");

    /**
     * Reads a gate.
     *
     * @throws BenchException of kind usage, naming the nearest known figure for an unknown one
     */
    public static Gate parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw BenchException.usage(
                    "'%s' is not a gate: write a figure, > or <, and a change, such as 'p99>+10%%'"
                            .formatted(text));
        }
        String key = form.group(1);
        for (Figure figure : Figure.values()) {
            if (figure.key().equals(key.toLowerCase(Locale.ROOT))) {
                return new Gate(
                        figure, form.group(2).equals(">"), Double.parseDouble(form.group(3)));
            }
        }
        throw BenchException.usage(
                "gate '%s': no figure '%s': %s"
                        .formatted(text, key, NearestName.hint(key, Figure.keys())));
    }

    /**
     * Whether a change falls short of the gate. A figure that either side lacks falls short too: a
     * gate that cannot be checked must not pass.
     *
     * @param change the second median over the first, less 1
     */
    boolean fails(double change) {
        double percent = change * 100;
        return !(above ? percent <= boundPercent : percent >= boundPercent);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "%s%s%+.4g%%", figure.key(), above ? ">" : "<", boundPercent);
    }
}
