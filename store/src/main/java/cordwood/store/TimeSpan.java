package cordwood.store;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: a number with ns, us, ms, s, m, h or d. */
public final class TimeSpan {

    private static final Pattern FORM = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([a-zA-Z]+)");

    private static final Map<String, Duration> UNITS =
            Map.of(
                    "ns", Duration.ofNanos(1),
                    "us", Duration.ofNanos(1_000),
                    "ms", Duration.ofMillis(1),
                    "s", Duration.ofSeconds(1),
                    "m", Duration.ofMinutes(1),
                    "h", Duration.ofHours(1),
                    "d", Duration.ofDays(1));

    private TimeSpan() {}

    /**
     * The duration that a text like {@code 250ms}, {@code 5s} or {@code 1.5h} stands for; a bare
     * {@code 0} is allowed.
     *
     * @throws StoreException.Invalid when the text is no duration, or no whole number of
     *     nanoseconds that fits in 64 bits
     */
    public static Duration parse(String text) {
        String stripped = text.strip();
        if (stripped.equals("0")) {
            return Duration.ZERO;
        }
        Matcher form = FORM.matcher(stripped);
        Duration unit = form.matches() ? UNITS.get(form.group(2).toLowerCase(Locale.ROOT)) : null;
        if (unit == null) {
            throw new StoreException.Invalid(
                    "'%s' is not a duration: write a number with ns, us, ms, s, m, h or d"
                            .formatted(text));
        }
        try {
            return Duration.ofNanos(
                    new BigDecimal(form.group(1))
                            .multiply(BigDecimal.valueOf(unit.toNanos()))
                            .longValueExact());
        } catch (ArithmeticException e) {
            throw new StoreException.Invalid(
                    "'%s' is not a whole number of nanoseconds that fits in 64 bits"
                            .formatted(text));
        }
    }
}
