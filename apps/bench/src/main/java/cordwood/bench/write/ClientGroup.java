package cordwood.bench.write;

import cordwood.bench.BenchException;
import cordwood.bench.measure.LatencyRecorder;
import cordwood.bench.payload.PayloadPool;
import cordwood.bench.run.RunControl;
import cordwood.bench.run.WriteThroughputConfig;
import cordwood.bench.workload.Phase;
import cordwood.bench.workload.Tally;
import cordwood.bench.workload.Together;
import cordwood.loglet.LogletServer;
import cordwood.loglet.LogletWorker;
import cordwood.loglet.NodeId;
import cordwood.loglet.Request;
import cordwood.loglet.RequestHeader;
import cordwood.loglet.Response;
import cordwood.loglet.ResponseHeader;
import cordwood.loglet.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The clients of all loglets, one virtual thread each while a phase runs. */
final class ClientGroup {

    private final List<LogletClient> clients = new ArrayList<>();
    private final int recordsPerBatch;
    private final RunControl control;
    private final long firstTail;

    /**
     * Asks each loglet, 1 to the count, for its tail, and makes a client that goes on from there.
     *
     * @throws BenchException of kind usage when a loglet cannot be written by us
     */
    ClientGroup(
            LogletServer server,
            WriteThroughputConfig config,
            PayloadPool pool,
            RunControl control) {
        this.recordsPerBatch = pool.summary().recordsPerBatch();
        this.control = control;
        long highest = 0;
        for (int i = 0; i < config.logletCount(); i++) {
            LogletWorker worker = server.worker(i + 1);
            long tail = tailOf(worker);
            highest = Math.max(highest, tail);
            clients.add(
                    new LogletClient(
                            worker,
                            pool,
                            config.inFlight(),
                            new RateLimit(
                                    config.pattern().recordsPerSecond(), config.logletCount()),
                            new TrimLag(config.pattern().trimLagRecords()),
                            tail,
                            control));
        }
        this.firstTail = highest;
    }

    private static long tailOf(LogletWorker worker) {
        CompletableFuture<Response> answered = new CompletableFuture<>();
        NodeId peer = LogletClient.SEQUENCER;
        RequestHeader header = RequestHeader.of(worker.logletId());
        worker.submit(peer, new Request.GetLogletInfo(header), answered::complete);
        ResponseHeader loglet = answered.join().header();
        if (loglet.status() != Status.OK) {
            throw BenchException.failed(
                    "loglet %d does not tell its tail: %s"
                            .formatted(worker.logletId(), loglet.status()));
        }
        if (loglet.sealed()) {
            throw BenchException.usage(
                    "loglet %d in the kept directory is sealed: use a fresh directory"
                            .formatted(worker.logletId()));
        }
        return loglet.localTail();
    }

    /** The highest tail found; 1 when every loglet was empty. */
    long firstTail() {
        return firstTail;
    }

    /** Writes a number of records, whole batches in turn over the loglets. */
    void writeRecords(long count) {
        List<Phase> shares = new ArrayList<>();
        for (int i = 0; i < clients.size(); i++) {
            shares.add(Phase.ofRecords(Phase.share(count, recordsPerBatch, clients.size(), i)));
        }
        write(shares);
    }

    /** Writes until a time on {@link System#nanoTime()}. */
    void writeUntil(long deadlineNanos) {
        write(clients.stream().map(_ -> Phase.until(deadlineNanos)).toList());
    }

    private void write(List<Phase> shares) {
        List<Runnable> phases = new ArrayList<>();
        for (int i = 0; i < clients.size(); i++) {
            LogletClient client = clients.get(i);
            Phase share = shares.get(i);
            phases.add(() -> client.run(share));
        }
        Together.run(
                "client", phases, Thread.ofVirtual().name("bench-client-", 1).factory(), control);
    }

    /** What every client has recorded, for collecting. */
    List<LatencyRecorder> latencies() {
        return clients.stream().map(LogletClient::latencies).toList();
    }

    /** What was acknowledged so far. */
    Tally tally() {
        return clients.stream().map(LogletClient::tally).reduce(Tally.NONE, Tally::plus);
    }
}
