package cordwood.cli;

import cordwood.store.ByteSize;
import cordwood.store.Durability;
import cordwood.store.StoreException;
import cordwood.store.TimeSpan;
import java.time.Duration;
import java.util.function.Function;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Values as people write them. Durations and durability levels convert by their type; sizes, counts
 * and fractions are primitives, so an option names its converter.
 */
final class Converters {

    private static final Pattern COUNT = Pattern.compile("\\d+(?:[_,]\\d{3})*");

    private Converters() {}

    /** A size in bytes: {@code converter = Converters.Size.class} on a {@code long}. */
    static final class Size implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return parsed(ByteSize::parse, text);
        }
    }

    /** A whole number of at least 1, on a {@code long}; digits may be grouped. */
    static final class Count implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            long count = wholeNumber(text);
            if (count < 1) {
                throw new TypeConversionException("'%s' is under 1".formatted(text));
            }
            return count;
        }
    }

    /** A whole number of at least 0, on a {@code long}. */
    static final class CountFromZero implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return wholeNumber(text);
        }
    }

    /** As {@link Count}, on an {@code int}. */
    static final class IntCount implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            long count = new Count().convert(text);
            if (count > Integer.MAX_VALUE) {
                throw new TypeConversionException(
                        "'%s' is over %d".formatted(text, Integer.MAX_VALUE));
            }
            return (int) count;
        }
    }

    /** A fraction from 0 to 1, on a {@code double}. */
    static final class Fraction implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            double fraction;
            try {
                fraction = Double.parseDouble(text);
            } catch (NumberFormatException e) {
                throw new TypeConversionException(
                        "'%s' is not a number: write one from 0 to 1, such as 0.5".formatted(text));
            }
            if (!(fraction >= 0 && fraction <= 1)) {
                throw new TypeConversionException(
                        "'%s' is outside 0..1: write a number from 0 to 1".formatted(text));
            }
            return fraction;
        }
    }

    /** A whole number of either sign. */
    static long number(String text) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            throw new TypeConversionException(
                    "'%s' is not a whole number from %d to %d"
                            .formatted(text, Long.MIN_VALUE, Long.MAX_VALUE));
        }
    }

    /** As {@link #number(String)}, for an {@code int}. */
    static int smallNumber(String text) {
        long number = number(text);
        if (number != (int) number) {
            throw new TypeConversionException(
                    "'%s' is outside %d to %d"
                            .formatted(text, Integer.MIN_VALUE, Integer.MAX_VALUE));
        }
        return (int) number;
    }

    static double decimal(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'%s' is not a number".formatted(text));
        }
    }

    static Duration duration(String text) {
        return parsed(TimeSpan::parse, text);
    }

    static Durability durability(String text) {
        for (Durability level : Durability.values()) {
            if (level.name().equalsIgnoreCase(text.strip())) {
                return level;
            }
        }
        throw new TypeConversionException(
                "'%s' is not a durability: write buffered, written or durable".formatted(text));
    }

    private static <T> T parsed(Function<String, T> parse, String text) {
        try {
            return parse.apply(text);
        } catch (StoreException.Invalid e) {
            throw new TypeConversionException(String.valueOf(e.getMessage()));
        }
    }

    private static long wholeNumber(String text) {
        try {
            if (COUNT.matcher(text).matches()) {
                return Long.parseLong(text.replaceAll("[_,]", ""));
            }
        } catch (NumberFormatException e) {
            // over 2^63 - 1: not a number we can use either
        }
        throw new TypeConversionException(
                "'%s' is not a whole number: write digits, such as 1000000 or 1_000_000"
                        .formatted(text));
    }
}
