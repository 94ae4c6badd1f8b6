package cordwood.bench.measure;

import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;
import org.jspecify.annotations.Nullable;

/**
 * Latencies of one client: recorded by its thread without locks, allocation or queue, collected by
 * the reporting thread as intervals. Three significant digits.
 */
public final class LatencyRecorder {

    /** Significant decimal digits of every histogram. */
    public static final int DIGITS = 3;

    private final SingleWriterRecorder recorder = new SingleWriterRecorder(DIGITS);

    // confined to the reporting thread
    private @Nullable Histogram interval;

    /** A recorder without values. */
    public LatencyRecorder() {}

    /** Records a latency; the client's thread only. */
    public void record(long nanos) {
        recorder.recordValue(nanos);
    }

    /**
     * Moves what every recorder gathered since the last call into a histogram; one thread at a time
     * calls it, while clients record.
     */
    public static void collect(List<LatencyRecorder> recorders, Histogram into) {
        for (LatencyRecorder recorder : recorders) {
            Histogram gathered = recorder.recorder.getIntervalHistogram(recorder.interval);
            recorder.interval = gathered;
            into.add(gathered);
        }
    }
}
