package cordwood.bench.run;

import cordwood.bench.measure.LatencyRecorder;
import cordwood.bench.payload.PayloadPool;
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
    private int next;
    private volatile Written written = new Written(0, 0, 0);

    BareTarget(BareLoop loop, Durability durability, PayloadPool pool, RunControl control) {
        this.loop = loop;
        this.durability = durability;
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
        write(WritePhase.ofRecords(count));
    }

    @Override
    public void writeUntil(long deadlineNanos) {
        write(WritePhase.until(deadlineNanos));
    }

    private void write(WritePhase phase) {
        long left = phase.recordCount();
        long nowNanos = System.nanoTime();
        while (left > 0 && !control.isStopped() && !phase.isOver(nowNanos)) {
            List<ByteBuffer> values = batches.get(next);
            next = (next + 1) % batches.size();
            if (values.size() > left) {
                values = values.subList(0, (int) left);
            }
            loop.write(values, durability);
            long doneNanos = System.nanoTime();
            latencies.record(doneNanos - nowNanos);
            nowNanos = doneNanos;
            left -= values.size();
            count(values);
        }
    }

    private void count(List<ByteBuffer> values) {
        long bytes = 0;
        for (int i = 0; i < values.size(); i++) {
            bytes += values.get(i).remaining();
        }
        Written before = written;
        written =
                new Written(
                        before.recordCount() + values.size(),
                        before.batchCount() + 1,
                        before.bodyBytes() + bytes);
    }

    @Override
    public List<LatencyRecorder> latencies() {
        return List.of(latencies);
    }

    @Override
    public Written written() {
        return written;
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
