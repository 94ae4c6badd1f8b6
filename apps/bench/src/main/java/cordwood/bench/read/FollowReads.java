package cordwood.bench.read;

import cordwood.bench.json.JsonObject;
import cordwood.bench.measure.LatencyForm;
import cordwood.bench.measure.LatencyRecorder;
import cordwood.bench.run.RunControl;
import cordwood.bench.run.WritePattern;
import cordwood.bench.run.WriteThroughputConfig;
import cordwood.bench.workload.BenchSpaces;
import cordwood.bench.workload.Phase;
import cordwood.bench.workload.StoreNote;
import cordwood.bench.workload.Together;
import cordwood.bench.write.StoreTarget;
import cordwood.bench.write.WriteTarget;
import cordwood.store.Space;
import cordwood.store.StoreMetrics;
import cordwood.store.StreamStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * A writer that goes on with what was written last, loglets or streams, each in turn, and readers
 * behind it, who share its streams.
 */
final class FollowReads extends ReadWorkload {

    private final WriteTarget target;
    private final RunControl control;
    private final List<FollowReader> readers = new ArrayList<>();
    private volatile boolean writerIsDone;
    private Histogram writes = new Histogram(LatencyRecorder.DIGITS);

    /** Takes the store over; where it throws that is the caller's still. */
    FollowReads(
            StreamStore store, ReadThroughputConfig config, Inventory held, RunControl control) {
        StoreNote note = held.notes().getLast();
        List<HeldStream> streams = numbered(held, note.space());
        this.control = control;
        for (int i = 0; i < config.readers(); i++) {
            readers.add(
                    new FollowReader(
                            store,
                            held.check(),
                            control,
                            share(streams, i, config.readers()),
                            () -> writerIsDone));
        }
        this.target =
                StoreTarget.of(
                        store, writing(config, note, streams.size()), note, note.pool(), control);
    }

    /** The streams of a space from 1 to the highest, those without a record, too. */
    private static List<HeldStream> numbered(Inventory held, Space space) {
        List<HeldStream> there =
                held.streams().stream().filter(stream -> stream.space().equals(space)).toList();
        int count = (int) there.stream().mapToLong(HeldStream::stream).max().orElse(1);
        List<HeldStream> all = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            all.add(new HeldStream(space, i, 1, 0));
        }
        there.forEach(stream -> all.set((int) stream.stream() - 1, stream));
        return all;
    }

    private static List<HeldStream> share(List<HeldStream> streams, int reader, int readers) {
        List<HeldStream> share = new ArrayList<>();
        for (int i = reader; i < streams.size(); i += readers) {
            share.add(streams.get(i));
        }
        return share;
    }

    private static WriteThroughputConfig writing(
            ReadThroughputConfig config, StoreNote note, int count) {
        boolean ofStreams = note.space().equals(BenchSpaces.STREAMS);
        return new WriteThroughputConfig(
                config.engine(),
                config.store(),
                config.writer().durability(),
                note.payload(),
                0,
                Duration.ofDays(1), // the phase says when it ends
                0,
                Duration.ZERO,
                ofStreams ? 1 : count,
                config.writer().inFlight(),
                config.reportInterval(),
                false,
                false,
                false,
                new WritePattern(ofStreams ? count : 0, 0, config.writer().recordsPerSecond(), 0));
    }

    @Override
    void run(Phase phase) {
        writes = new Histogram(LatencyRecorder.DIGITS);
        LatencyRecorder.collect(target.latencies(), new Histogram(LatencyRecorder.DIGITS));
        long writtenBefore = target.tally().recordCount();
        long readBefore = tally().recordCount();
        writerIsDone = false;
        List<Runnable> all = new ArrayList<>();
        all.add(() -> write(phase));
        Phase uncut = Phase.ofRecords(Long.MAX_VALUE);
        readers.forEach(reader -> all.add(() -> reader.run(uncut)));
        Together.run(
                "follower", all, Thread.ofPlatform().name("bench-follow-", 1).factory(), control);
        LatencyRecorder.collect(target.latencies(), writes);
        long written = target.tally().recordCount() - writtenBefore;
        long read = tally().recordCount() - readBefore;
        if (read != written && !control.isStopped()) {
            control.fail("%d records were acknowledged and %d read".formatted(written, read));
        }
    }

    private void write(Phase phase) {
        try {
            if (phase.timed()) {
                target.writeUntil(phase.deadlineNanos());
            } else {
                target.writeRecords(phase.recordCount());
            }
        } finally {
            writerIsDone = true;
        }
    }

    @Override
    List<FollowReader> readers() {
        return readers;
    }

    @Override
    JsonObject operations() {
        return new JsonObject()
                .put("write", new JsonObject().put("latency_us", LatencyForm.of(writes)));
    }

    @Override
    public StoreMetrics metrics() {
        return target.metrics();
    }

    @Override
    String statistics() {
        return target.statistics();
    }

    @Override
    public void close() {
        target.close();
    }
}
