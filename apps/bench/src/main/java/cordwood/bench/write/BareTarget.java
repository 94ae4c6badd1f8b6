package cordwood.bench.write;

import cordwood.bench.measure.LatencyRecorder;
import cordwood.bench.payload.PayloadPool;
import cordwood.bench.run.RunControl;
import cordwood.bench.run.WriteThroughputConfig;
import cordwood.bench.workload.Counter;
import cordwood.bench.workload.Phase;
import cordwood.bench.workload.Tally;
import cordwood.loglet.LogRecord;
import cordwood.store.BareLoop;
import cordwood.store.Durability;
import cordwood.store.StoreMetrics;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** An engine's bare loop, written by the thread that runs the phase. Owns the loop. */
final class BareTarget implements WriteTarget {

    private final BareLoop loop;
    private final Durability durability;
    private final RunControl control;
    private final List<List<ByteBuffer>> batches = new ArrayList<>();
    private final LatencyRecorder latencies = new LatencyRecorder();
    private final RateLimit limit;
    private final Counter counter = new Counter();
    private int next;

    BareTarget(BareLoop loop, WriteThroughputConfig config, PayloadPool pool, RunControl control) {
        this.loop = loop;
        this.durability = config.durability();
        this.limit = new RateLimit(config.pattern().recordsPerSecond(), 1);
        this.control = control;
        for (int i = 0; i < pool.batchCount(); i++) {
            batches.add(pool.batch(i).stream().map(BareTarget::direct).toList());
        }
    }

    private static ByteBuffer direct(LogRecord payload) {
        ByteBuffer body = payload.body().asByteBuffer();
        return ByteBuffer.allocateDirect(body.remaining()).put(body).flip();
    }

    @Override
    public long firstTail() {
        return 1;
    }

    @Override
    public void writeRecords(long count) {
        write(Phase.ofRecords(count));
    }

    @Override
    public void writeUntil(long deadlineNanos) {
        write(Phase.until(deadlineNanos));
    }

    private void write(Phase phase) {
        long left = phase.recordCount();
        long nowNanos = System.nanoTime();
        while (left > 0 && !control.isStopped() && !phase.isOver(nowNanos)) {
            if (!limit.isDue(nowNanos)) {
                limit.rest();
                nowNanos = System.nanoTime();
                continue;
            }
            List<ByteBuffer> values = batches.get(next);
            next = (next + 1) % batches.size();
            if (values.size() > left) {
                values = values.subList(0, (int) left);
            }
            loop.write(values, durability);
            limit.took(values.size(), nowNanos);
            long doneNanos = System.nanoTime();
            latencies.record(doneNanos - nowNanos);
            nowNanos = doneNanos;
            left -= values.size();
            counter.add(values.size(), 1, bytes(values));
        }
    }

    private static long bytes(List<ByteBuffer> values) {
        long bytes = 0;
        for (int i = 0; i < values.size(); i++) {
            bytes += values.get(i).remaining();
        }
        return bytes;
    }

    @Override
    public List<LatencyRecorder> latencies() {
        return List.of(latencies);
    }

    @Override
    public Tally tally() {
        return counter.tally();
    }

    @Override
    public StoreMetrics metrics() {
        return loop.metrics();
    }

    @Override
    public void flush() {
        loop.flush();
    }

    @Override
    public void compact() {
        loop.compact();
    }

    @Override
    public String statistics() {
        return "";
    }

    @Override
    public void close() {
        loop.close();
    }
}
