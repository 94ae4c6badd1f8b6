package cordwood.cli;

import cordwood.bench.payload.KeyStyle;
import cordwood.bench.payload.PayloadSpec;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The flags that say what made-up records look like. */
final class BenchPayload {

    /** The flags that a payload file answers by itself. */
    static final List<String> NAMES =
            List.of("--payload-size", "--entropy", "--key-style", "--seed");

    /** Seeds up to here survive every JSON reader. */
    private static final int RANDOM_SEED_BITS = 53;

    @Option(
            names = "--records-per-batch",
            paramLabel = "N",
            converter = Converters.IntCount.class,
            description = "Records in one store request; default ${DEFAULT-VALUE}.",
            defaultValue = "10")
    int recordsPerBatch;

    @Option(
            names = "--payload-size",
            paramLabel = "SIZE",
            converter = Converters.Size.class,
            description = "Bytes of each record's body; default ${DEFAULT-VALUE}.",
            defaultValue = "512")
    long payloadBytes;

    @Option(
            names = "--entropy",
            paramLabel = "0..1",
            converter = Converters.Fraction.class,
            description =
                    "Share of a body that is random, the rest zeros; default ${DEFAULT-VALUE}.",
            defaultValue = "1.0")
    double entropy;

    @Option(
            names = "--key-style",
            paramLabel = "STYLE",
            converter = Style.class,
            description =
                    "Keys of each record: none, single, pair, range; default ${DEFAULT-VALUE}.",
            defaultValue = "none")
    KeyStyle keyStyle = KeyStyle.NONE;

    @Option(
            names = "--seed",
            paramLabel = "N",
            converter = Seed.class,
            description = "Where the generator starts; default random, and printed.")
    @Nullable Long givenSeed;

    private @Nullable Long drawnSeed;

    /** The seed given, else one drawn once. */
    long seed() {
        if (givenSeed != null) {
            return givenSeed;
        }
        if (drawnSeed == null) {
            drawnSeed = new SecureRandom().nextLong(1L << RANDOM_SEED_BITS);
        }
        return drawnSeed;
    }

    /** What the flags ask for. */
    PayloadSpec spec() {
        if (payloadBytes > PayloadSpec.BODY_BYTES_MAX) {
            throw new UsageException(
                    "--payload-size: %d bytes is over the limit of %d"
                            .formatted(payloadBytes, PayloadSpec.BODY_BYTES_MAX));
        }
        return new PayloadSpec((int) payloadBytes, entropy, keyStyle, seed(), recordsPerBatch);
    }

    /** A key style by its name. */
    static final class Style implements ITypeConverter<KeyStyle> {
        @Override
        public KeyStyle convert(String text) {
            for (KeyStyle style : KeyStyle.values()) {
                if (style.name().toLowerCase(Locale.ROOT).equals(text.strip())) {
                    return style;
                }
            }
            throw new TypeConversionException(
                    "'%s' is not a key style: write none, single, pair or range".formatted(text));
        }
    }

    /** A whole number of 64 bits, signed or unsigned. */
    static final class Seed implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            try {
                BigInteger number = new BigInteger(text.strip());
                if (number.signum() < 0) {
                    return number.longValueExact();
                }
                if (number.bitLength() <= Long.SIZE) {
                    return number.longValue();
                }
            } catch (NumberFormatException | ArithmeticException e) {
                // said below
            }
            throw new TypeConversionException(
                    "'%s' is not a seed: write a whole number of at most 64 bits".formatted(text));
        }
    }
}
