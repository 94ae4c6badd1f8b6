package cordwood.bench.alloc;

import cordwood.bench.measure.ProcessFigures;
import java.util.ArrayList;
import java.util.List;

/**
 * Physical memory over the turns of one contender. The process is shared by all of them, so what it
 * grew by in a contender's turns is summed up apart.
 */
final class Residence {

    /** Samples kept: beyond that every second one is dropped. */
    private static final int SAMPLES_MAX = 120;

    /**
     * Physical memory at the end of a turn.
     *
     * @param nanos on {@link System#nanoTime()}
     * @param bytes of the whole process
     */
    record Sample(long nanos, long bytes) {}

    private final List<Sample> samples = new ArrayList<>();
    private long begunBytes;
    private long firstBytes = -1;
    private long grownBytes;
    private long grownBytesMost;
    private int turnsPerSample = 1;
    private int turns;

    void begin() {
        begunBytes = ProcessFigures.residence().residentBytes();
    }

    void end(boolean measuring) {
        if (!measuring) {
            return;
        }
        long bytes = ProcessFigures.residence().residentBytes();
        if (firstBytes < 0) {
            firstBytes = begunBytes;
        }
        grownBytes += bytes - begunBytes;
        if (Math.abs(grownBytes) > Math.abs(grownBytesMost)) {
            grownBytesMost = grownBytes;
        }
        if (turns++ % turnsPerSample == 0) {
            samples.add(new Sample(System.nanoTime(), bytes));
        }
        if (samples.size() == SAMPLES_MAX) {
            for (int i = SAMPLES_MAX - 1; i > 0; i -= 2) {
                samples.remove(i);
            }
            turnsPerSample *= 2;
        }
    }

    List<Sample> samples() {
        return samples;
    }

    /** The most that the process grew (or shrank, then negative) by in this contender's turns. */
    long grownBytesMost() {
        return grownBytesMost;
    }

    /** That as a share of what was resident when the measured phase began; NaN when unknown. */
    double drift() {
        return firstBytes <= 0 ? Double.NaN : (double) grownBytesMost / firstBytes;
    }
}
