package cordwood.memory.pool;

import java.util.List;
import java.util.stream.IntStream;

/** The sizes cells come in: small ones as configured, then powers of two from 512 B to 1 MiB. */
final class SizeClasses {

    static final int SLAB_BYTES = 1 << 16;
    static final int MEDIUM_BYTES_MIN = 1 << 9;
    static final int MEDIUM_BYTES_MAX = 1 << 20;

    private static final int STEP_SHIFT = 3;
    private static final int STEP_BYTES = 1 << STEP_SHIFT;

    private final int[] cellBytes;
    private final int smallCount;
    private final int smallBytesMax;

    /** The smallest class for a size, by the size in steps of 8, rounded up. */
    private final byte[] smallBySteps;

    SizeClasses(List<Integer> smallBytes) {
        IntStream mediums =
                IntStream.iterate(MEDIUM_BYTES_MIN, b -> b <= MEDIUM_BYTES_MAX, b -> b * 2);
        this.cellBytes =
                IntStream.concat(smallBytes.stream().mapToInt(Integer::intValue), mediums)
                        .toArray();
        this.smallCount = smallBytes.size();
        this.smallBytesMax = smallBytes.getLast();
        this.smallBySteps = new byte[smallBytesMax / STEP_BYTES + 1];
        int sizeClass = 0;
        for (int step = 0; step < smallBySteps.length; step++) {
            if (step * STEP_BYTES > cellBytes[sizeClass]) {
                sizeClass++;
            }
            smallBySteps[step] = (byte) sizeClass;
        }
    }

    int count() {
        return cellBytes.length;
    }

    int smallCount() {
        return smallCount;
    }

    int smallBytesMax() {
        return smallBytesMax;
    }

    int cellBytes(int sizeClass) {
        return cellBytes[sizeClass];
    }

    /** The region a slab of this class takes: 8 cells or 64 KiB, whichever is more, up to 1 MiB. */
    int slabBytes(int sizeClass) {
        return Math.clamp(8L * cellBytes[sizeClass], SLAB_BYTES, MEDIUM_BYTES_MAX);
    }

    /** The smallest class for {@code bytes} from 1 to {@link #smallBytesMax}. */
    int small(int bytes) {
        return smallBySteps[steps(bytes)];
    }

    /** A size in steps of 8, rounded up. */
    static int steps(int bytes) {
        return (bytes + STEP_BYTES - 1) >>> STEP_SHIFT;
    }

    /** The smallest class for a size in steps. */
    int smallBySteps(int steps) {
        return smallBySteps[steps];
    }

    /** The smallest class for {@code bytes} up to 1 MiB whose cells start on the alignment. */
    int of(int bytes, int alignmentBytes) {
        int sizeClass = bytes <= smallBytesMax ? small(bytes) : medium(bytes);
        while ((cellBytes[sizeClass] & (alignmentBytes - 1)) != 0) {
            sizeClass++;
        }
        return sizeClass;
    }

    /**
     * What cells of a class start on: regions start on 64 bytes and cells lie one behind another.
     */
    static int alignmentBytes(int cellBytes) {
        return Math.min(Handle.CELL_ALIGNMENT_BYTES, Integer.lowestOneBit(cellBytes));
    }

    /** Whether a request, valid or not, is one for a small class. */
    boolean isSmall(int bytes, int alignmentBytes) {
        return bytes > 0
                && bytes <= smallBytesMax
                && alignmentBytes > 0
                && alignmentBytes <= Handle.CELL_ALIGNMENT_BYTES
                && Integer.bitCount(alignmentBytes) == 1
                && of(bytes, alignmentBytes) < smallCount;
    }

    private int medium(int bytes) {
        int rounded = Math.max(MEDIUM_BYTES_MIN, Integer.highestOneBit(bytes * 2 - 1));
        return smallCount
                + Integer.numberOfTrailingZeros(rounded)
                - Integer.numberOfTrailingZeros(MEDIUM_BYTES_MIN);
    }
}
