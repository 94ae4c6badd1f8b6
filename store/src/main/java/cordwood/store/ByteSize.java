package cordwood.store;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them: KB, MB, GB, TB are powers of 1000; KiB, MiB, GiB, TiB of 1024. */
public final class ByteSize {

    private static final Pattern FORM = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([a-zA-Z]*)");

    private static final Map<String, Long> UNIT_BYTES =
            Map.of(
                    "", 1L,
                    "b", 1L,
                    "kb", 1_000L,
                    "mb", 1_000_000L,
                    "gb", 1_000_000_000L,
                    "tb", 1_000_000_000_000L,
                    "kib", 1L << 10,
                    "mib", 1L << 20,
                    "gib", 1L << 30,
                    "tib", 1L << 40);

    private ByteSize() {}

    /**
     * The bytes that a text like {@code 64MiB}, {@code 1.5 GB} or {@code 4096} stands for; units in
     * any case.
     *
     * @throws StoreException.Invalid when the text is no size, or no whole number of bytes up to
     *     {@code Long.MAX_VALUE}
     */
    public static long parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        Long unitBytes =
                form.matches() ? UNIT_BYTES.get(form.group(2).toLowerCase(Locale.ROOT)) : null;
        if (unitBytes == null) {
            throw new StoreException.Invalid(
                    "'%s' is not a size: write bytes, or a number with KB, MB, GB, KiB, MiB or GiB"
                            .formatted(text));
        }
        try {
            return new BigDecimal(form.group(1))
                    .multiply(BigDecimal.valueOf(unitBytes))
                    .longValueExact();
        } catch (ArithmeticException e) {
            throw new StoreException.Invalid(
                    "'%s' is not a whole number of bytes that fits in 64 bits".formatted(text));
        }
    }

    /**
     * The size in the largest binary unit that is not above it: {@code 64 MiB}, {@code 1.5 GiB}.
     */
    public static String text(long bytes) {
        String[] units = {"TiB", "GiB", "MiB", "KiB"};
        for (int i = 0; i < units.length; i++) {
            long unitBytes = 1L << (10 * (units.length - i));
            if (bytes >= unitBytes) {
                boolean whole = bytes % unitBytes == 0;
                return whole
                        ? "%d %s".formatted(bytes / unitBytes, units[i])
                        : String.format(
                                Locale.ROOT, "%.1f %s", (double) bytes / unitBytes, units[i]);
            }
        }
        return bytes + " B";
    }
}
