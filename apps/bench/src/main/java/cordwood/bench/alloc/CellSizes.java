package cordwood.bench.alloc;

import cordwood.bench.BenchException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The sizes that are asked for, in turn: drawn evenly from a range such as {@code 16-256}, or the
 * lines of a file, a size each.
 */
final class CellSizes {

    /** What is written to every cell. */
    static final int BYTES_MIN = 8;

    static final int BYTES_MAX = 1 << 20;

    /** Few enough to stay in the first cache. */
    private static final int DRAWN = 4096;

    private static final int LINES_MAX = 1 << 20;

    private static final Pattern RANGE = Pattern.compile("(\\d{1,7})(?:-(\\d{1,7}))?");

    private final int[] bytes;

    private CellSizes(int... bytes) {
        this.bytes = bytes;
    }

    /**
     * Reads what {@code --sizes} says.
     *
     * @throws BenchException of kind usage, naming the file and line
     */
    static CellSizes parse(String text, long seed) {
        Matcher range = RANGE.matcher(text);
        if (!range.matches()) {
            return ofFile(Path.of(text));
        }
        int least = Integer.parseInt(range.group(1));
        int most = range.group(2) == null ? least : Integer.parseInt(range.group(2));
        if (least < BYTES_MIN || most > BYTES_MAX || least > most) {
            throw BenchException.usage(
                    "--sizes %s: a range lies within %d-%d".formatted(text, BYTES_MIN, BYTES_MAX));
        }
        return new CellSizes(new SplittableRandom(seed).ints(DRAWN, least, most + 1).toArray());
    }

    private static CellSizes ofFile(Path file) {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw BenchException.usage(
                    "--sizes %s: not a regular file; name one with a size on each line"
                            .formatted(file));
        }
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            throw BenchException.usage(
                    "--sizes %s: neither a range such as 16-256 nor a file".formatted(file), e);
        } catch (CharacterCodingException e) {
            throw BenchException.usage("--sizes %s: it is not text".formatted(file), e);
        } catch (IOException e) {
            throw BenchException.usage("--sizes %s: %s".formatted(file, e.getMessage()), e);
        }
        if (lines.isEmpty() || lines.size() > LINES_MAX) {
            throw BenchException.usage(
                    "--sizes %s: %d sizes, and 1 to %d are possible"
                            .formatted(file, lines.size(), LINES_MAX));
        }
        int[] bytes = new int[lines.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = size(file, i + 1, lines.get(i).strip());
        }
        return new CellSizes(bytes);
    }

    private static int size(Path file, int line, String text) {
        int bytes = text.matches("\\d{1,7}") ? Integer.parseInt(text) : 0;
        if (bytes < BYTES_MIN || bytes > BYTES_MAX) {
            throw BenchException.usage(
                    "--sizes %s, line %d: '%s' is not a size from %d to %d"
                            .formatted(file, line, text, BYTES_MIN, BYTES_MAX));
        }
        return bytes;
    }

    int largest() {
        int largest = 0;
        for (int size : bytes) {
            largest = Math.max(largest, size);
        }
        return largest;
    }

    double meanBytes() {
        long sum = 0;
        for (int size : bytes) {
            sum += size;
        }
        return (double) sum / bytes.length;
    }

    /**
     * The sizes of one producer, which begins at its own place among them; negative at a share of
     * the turns, drawn from the seed.
     */
    int[] turns(int producer, double negativeShare, long seed) {
        SplittableRandom random = new SplittableRandom(seed + producer + 1);
        int[] turns = new int[Math.ceilDiv(DRAWN, bytes.length) * bytes.length];
        for (int i = 0; i < turns.length; i++) {
            int size = bytes[(int) ((i + 1009L * producer) % bytes.length)];
            turns[i] = random.nextDouble() < negativeShare ? size | Integer.MIN_VALUE : size;
        }
        return turns;
    }
}
