package cordwood.lsm.compaction;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Chooses among rows of tables, one behind the other in age, those to be merged: rows of about one
 * size, many at once, so that a record is written again only when what it lies in has grown many
 * times. This is tiering, as in {@code O'Neil et al., The log-structured merge-tree, 1996}, and the
 * universal compaction of RocksDB.
 */
final class SizeTiers {

    /** Rows of about one size that are merged: what is written grows so many times at once. */
    static final int ROWS_MERGED_MIN = 32;

    /** Rows are of about one size up to so many times their mean. */
    private static final int MEAN_FACTOR = 4;

    /** Rows from {@code from} on, up to the one before {@code to}. */
    record Window(int from, int to) {}

    private SizeTiers() {}

    /**
     * The rows to be merged.
     *
     * @param rowBytes sizes of the rows, in the order of their age
     * @param rowsMax how many may be left when sizes differ
     * @param bytesMax most bytes to be merged at once: rather fewer rows than more, but two
     * @return null when nothing is to be done
     */
    static @Nullable Window choose(long[] rowBytes, int rowsMax, long bytesMax) {
        Window window = alike(rowBytes, bytesMax);
        for (int rows = rowBytes.length - rowsMax + 1; window == null && rows > 1; rows--) {
            Window cheapest = cheapest(rowBytes, rows);
            window = rows == 2 || bytes(rowBytes, cheapest) <= bytesMax ? cheapest : null;
        }
        return window;
    }

    private static long bytes(long[] rowBytes, Window window) {
        return Arrays.stream(rowBytes, window.from(), window.to()).sum();
    }

    private static @Nullable Window alike(long[] rowBytes, long bytesMax) {
        for (int from = 0; from + ROWS_MERGED_MIN <= rowBytes.length; from++) {
            long bytes = 0;
            long most = 0;
            int to = from;
            while (to < rowBytes.length
                    && bytes + rowBytes[to] <= bytesMax
                    && (to == from || rowBytes[to] <= MEAN_FACTOR * bytes / (to - from))) {
                most = Math.max(most, rowBytes[to]);
                bytes += rowBytes[to++];
            }
            int rows = to - from;
            if (rows >= ROWS_MERGED_MIN && most <= MEAN_FACTOR * bytes / rows) {
                return new Window(from, to);
            }
        }
        return null;
    }

    /** Of so many rows the smallest together. */
    private static Window cheapest(long[] rowBytes, int rows) {
        long bytes = 0;
        long least = Long.MAX_VALUE;
        int best = 0;
        for (int i = 0; i < rowBytes.length; i++) {
            bytes += rowBytes[i] - (i >= rows ? rowBytes[i - rows] : 0);
            if (i >= rows - 1 && bytes < least) {
                least = bytes;
                best = i - rows + 1;
            }
        }
        return new Window(best, best + rows);
    }
}
