package cordwood.bench.alloc;

import cordwood.memory.pool.PoolStats;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** A contender in one run: the loops of its threads, its turns, and what was seen in them. */
final class Entrant implements AutoCloseable {

    /** A producer and, where cells are handed over, the consumer they go to. */
    private record Pair(Producer producer, @Nullable HandOver<?> handOver) {}

    /**
     * What one thread did in a slice.
     *
     * @param cells allocated by a producer, freed by a consumer
     */
    private record Work(long cells, long begunNanos, long endedNanos) {}

    private final AllocConfig config;
    private final Crew crew;
    private final String name;
    private final Stand stand;
    private final OwnCode producerCode = new OwnCode(ProducerLoop.class);
    private final OwnCode consumerCode = new OwnCode(ConsumerLoop.class);
    private final List<Pair> pairs;
    private final List<Consumer> consumers;
    private final @Nullable Readers readers;
    private final Residence residence = new Residence();

    private long cells;
    private long nanos;
    private long timedCells;
    private long timedNanos;
    private long backlogMax;
    private boolean measuring;

    /** Whether every slice came to its end: if not, what the threads hold is not known. */
    private boolean whole = true;

    /** Opens a contender, every way in on the thread that will use it. */
    Entrant(Contender contender, AllocConfig config, Crew crew) {
        this.config = config;
        this.crew = crew;
        this.name = contender.name();
        this.stand = contender.open(config);
        CellSizes sizes = CellSizes.parse(config.sizes(), config.seed());
        List<Callable<Pair>> producing = new ArrayList<>();
        for (int i = 0; i < config.concurrency(); i++) {
            int[] turns = sizes.turns(i, config.remoteShare(), config.seed());
            producing.add(() -> pair(stand.producerCells(), turns));
        }
        this.pairs = crew.run(producing);
        List<Callable<Consumer>> consuming = new ArrayList<>();
        for (Pair pair : pairs) {
            if (pair.handOver() != null) {
                consuming.add(() ->
                        consumerCode.instance(
                                Consumer.class, stand.consumerCells(), pair.handOver()));
            }
        }
        this.consumers = crew.runFrom(pairs.size(), consuming);
        Stand.ReadAccess access = stand.readAccess();
        this.readers = access == null || config.readers() == 0 ? null : new Readers(access, config);
    }

    private <S> Pair pair(Cells<S> way, int[] turns) {
        HandOver<S> handOver = config.handsOver() ? new HandOver<>(way) : null;
        @Nullable Object[] arguments = {
            way, handOver, turns, config.ringCells(), config.burst(), config.readers() > 0
        };
        return new Pair(producerCode.instance(Producer.class, arguments), handOver);
    }

    String name() {
        return name;
    }

    /** From now on everything is recorded. */
    void beginMeasuring() {
        measuring = true;
        for (Pair pair : pairs) {
            pair.producer().allocations().reset();
            pair.producer().frees().reset();
        }
        consumers.forEach(consumer -> consumer.frees().reset());
    }

    /** One turn: a slice of plain operations, and one of timed ones. */
    void takeTurn() {
        residence.begin();
        if (readers != null) {
            readers.resume();
        }
        slice(false);
        slice(true);
        if (readers != null) {
            readers.pause();
        }
        residence.end(measuring);
    }

    private void slice(boolean timed) {
        long sliceNanos = config.slice().toNanos();
        List<Callable<Work>> tasks = new ArrayList<>();
        for (Pair pair : pairs) {
            if (pair.handOver() != null) {
                pair.handOver().begin();
            }
            tasks.add(() -> produce(pair, sliceNanos, timed));
        }
        for (int i = 0; i < consumers.size(); i++) {
            Consumer consumer = consumers.get(i);
            HandOver<?> handOver = pairs.get(i).handOver();
            tasks.add(() -> consume(consumer, handOver, timed));
        }
        whole = false;
        List<Work> works = crew.run(tasks);
        whole = true;
        if (measuring) {
            record(works, timed);
        }
    }

    private static Work produce(Pair pair, long sliceNanos, boolean timed) {
        try {
            long begunNanos = System.nanoTime();
            long deadlineNanos = begunNanos + sliceNanos;
            Producer producer = pair.producer();
            long count = timed ? producer.runTimed(deadlineNanos) : producer.run(deadlineNanos);
            return new Work(count, begunNanos, System.nanoTime());
        } finally {
            if (pair.handOver() != null) {
                pair.handOver().end();
            }
        }
    }

    private static Work consume(Consumer consumer, @Nullable HandOver<?> handOver, boolean timed) {
        boolean done = false;
        try {
            long begunNanos = System.nanoTime();
            long count = timed ? consumer.runTimed() : consumer.run();
            done = true;
            return new Work(count, begunNanos, System.nanoTime());
        } finally {
            if (!done && handOver != null) {
                handOver.breakOff();
            }
        }
    }

    private void record(List<Work> works, boolean timed) {
        long count = works.stream().limit(pairs.size()).mapToLong(Work::cells).sum();
        long begunNanos = works.stream().mapToLong(Work::begunNanos).min().orElse(0);
        long endedNanos = works.stream().mapToLong(Work::endedNanos).max().orElse(0);
        if (timed) {
            timedCells += count;
            timedNanos += endedNanos - begunNanos;
        } else {
            cells += count;
            nanos += endedNanos - begunNanos;
        }
        backlogMax = Math.max(backlogMax, backlog());
    }

    /** Cells that were freed and that the pool still counts as in use; −1 where it counts none. */
    long backlog() {
        PoolStats stats = stand.stats();
        if (stats == null) {
            return -1;
        }
        long held = pairs.stream().mapToLong(pair -> pair.producer().held()).sum();
        return Math.max(0, stats.inUse() - held);
    }

    /** The most that {@link #backlog()} was at the end of a slice. */
    long backlogMax() {
        return stand.stats() == null ? -1 : backlogMax;
    }

    /** Cells allocated in the measured plain slices. */
    long cells() {
        return cells;
    }

    /** How long those slices lasted, until the last cell handed over was freed. */
    long nanos() {
        return nanos;
    }

    /** Cells allocated in the measured slices of timed operations. */
    long timedCells() {
        return timedCells;
    }

    /** How long those slices lasted. */
    long timedNanos() {
        return timedNanos;
    }

    Histogram allocations() {
        return sum(pairs, pair -> pair.producer().allocations());
    }

    /** Frees by producers and consumers. */
    Histogram frees() {
        Histogram frees = sum(pairs, pair -> pair.producer().frees());
        consumers.forEach(consumer -> frees.add(consumer.frees()));
        return frees;
    }

    private static <T> Histogram sum(List<T> parts, Function<T, Histogram> histogram) {
        Histogram sum = CellLatency.histogram();
        parts.forEach(part -> sum.add(histogram.apply(part)));
        return sum;
    }

    Residence residence() {
        return residence;
    }

    @Nullable PoolStats stats() {
        return stand.stats();
    }

    /** Chunks made on callers' threads, warm-up included; −1 where that is unknown. */
    long callerChunks() {
        return stand.callerChunks();
    }

    @Nullable Readers readers() {
        return readers;
    }

    /** Frees everything, each thread what it holds. */
    @Override
    public void close() {
        try (stand) {
            if (readers != null) {
                readers.close();
            }
            List<Callable<Boolean>> endings = new ArrayList<>();
            for (Pair pair : pairs) {
                endings.add(() -> {
                    if (whole) {
                        pair.producer().drain();
                    }
                    pair.producer().close();
                    return true;
                });
            }
            crew.run(endings);
        }
    }
}
