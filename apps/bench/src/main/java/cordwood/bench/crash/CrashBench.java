package cordwood.bench.crash;

import cordwood.bench.BenchException;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider;
import cordwood.store.StreamStore;
import cordwood.store.ThreadEnd;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/**
 * Starts a writing process, kills it after a random time, opens what it left, after what else may
 * come to it, and compares; again and again on the same directory. Now and then a process is killed
 * while it opens.
 */
public final class CrashBench {

    /** Receipts without which a cycle says too little to count. */
    public static final int RECEIPTS_PER_CYCLE_MIN = 200;

    private static final int KILL_MILLIS_MAX = 500;
    private static final int START_KILL_ONE_IN = 6;
    private static final int START_KILL_MILLIS_MAX = 700;
    private static final int VOID_CYCLES_PER_CYCLE_MAX = 5;
    private static final long OPEN_SECONDS_MAX = 30;
    private static final long RECEIPTS_SECONDS_MAX = 120;

    private final StoreProvider engine;
    private final StoreOptions options;
    private final LongFunction<List<String>> command;
    private final BooleanSupplier stopped;
    private final Consumer<String> progress;
    private final long seed;
    private final SplittableRandom random;
    private final Aftermath aftermath;
    private final KillOracle oracle;
    private final List<String> violations = new ArrayList<>();
    private int cycles;
    private int voidCycles;
    private int startKills;
    private long written;
    private long durable;
    private long trims;
    private long openMillisMax;

    /**
     * A bench on one directory.
     *
     * @param options where and how the engine is opened, here and in the writing process
     * @param command starts a process that runs {@link KillWriter} on the same options with the
     *     same seed, and a round that it is given
     * @param aftermath what comes after each kill
     * @param seed of everything random
     * @param stopped asked between cycles whether to end early
     * @param progress takes a line per cycle
     */
    public CrashBench(
            StoreProvider engine,
            StoreOptions options,
            LongFunction<List<String>> command,
            Aftermath aftermath,
            long seed,
            BooleanSupplier stopped,
            Consumer<String> progress) {
        this.engine = engine;
        this.options = options;
        this.command = command;
        this.aftermath = aftermath;
        this.seed = seed;
        this.stopped = stopped;
        this.progress = progress;
        random = new SplittableRandom(seed);
        oracle = new KillOracle(new KillPlan(seed), aftermath.survivor());
    }

    /**
     * Runs until so many cycles counted, a promise was broken, or it was told to stop; ends early
     * where processes cannot be started, or are killed too early every time, or the aftermath does
     * not come.
     */
    public CrashReport run(int cycleCount) {
        String failure = null;
        try {
            runCycles(cycleCount);
        } catch (BenchException e) {
            failure = e.getMessage();
        }
        return new CrashReport(
                engine.name(),
                options.directory(),
                aftermath.survivor(),
                seed,
                cycles,
                voidCycles,
                startKills,
                written,
                durable,
                trims,
                oracle.records(),
                oracle.surplusRecords(),
                openMillisMax,
                failure,
                List.copyOf(violations));
    }

    private void runCycles(int cycleCount) {
        while (cycles < cycleCount && violations.isEmpty() && !stopped.getAsBoolean()) {
            if (random.nextInt(START_KILL_ONE_IN) == 0) {
                killWhileOpening();
                aftermath.come();
            }
            long receipts = killWhileWriting();
            aftermath.come();
            verify();
            if (receipts < RECEIPTS_PER_CYCLE_MIN) {
                voidCycles++;
            } else {
                cycles++;
            }
            report(receipts);
            if (voidCycles > VOID_CYCLES_PER_CYCLE_MAX * (cycles + 2)) {
                throw BenchException.failed(
                        "%d of %d kills came before %d writes were acknowledged: too slow a disk for this"
                                .formatted(
                                        voidCycles, voidCycles + cycles, RECEIPTS_PER_CYCLE_MIN));
            }
        }
    }

    private void report(long receipts) {
        progress.accept(
                "%s: cycle %d%s, %,d acknowledged, %,d records compared%s"
                        .formatted(
                                engine.name(),
                                cycles + voidCycles,
                                receipts < RECEIPTS_PER_CYCLE_MIN ? " (void)" : "",
                                receipts,
                                oracle.records(),
                                violations.isEmpty() ? "" : ": " + violations.getFirst()));
    }

    private void killWhileOpening() {
        try (Victim victim = new Victim()) {
            victim.killAfter(1 + random.nextInt(START_KILL_MILLIS_MAX));
            startKills++;
        }
    }

    private long killWhileWriting() {
        try (Victim victim = new Victim()) {
            if (!victim.awaitReady()) {
                if (stopped.getAsBoolean()) {
                    return 0;
                }
                violations.add(
                        "the writing process did not open the store within %d s: %s"
                                .formatted(OPEN_SECONDS_MAX, victim.lastWords()));
                return 0;
            }
            victim.awaitEnough(); // On a slow disk, or a busy machine, that takes its time.
            victim.killAfter(random.nextInt(KILL_MILLIS_MAX + 1));
            return victim.receipts();
        }
    }

    private void verify() {
        long startNanos = System.nanoTime();
        FutureTask<StreamStore> open = new FutureTask<>(() -> engine.open(options));
        Thread.ofPlatform().daemon().name("reopen").start(open);
        try (StreamStore store = open.get(OPEN_SECONDS_MAX, TimeUnit.SECONDS)) {
            openMillisMax =
                    Math.max(
                            openMillisMax,
                            TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
            violations.addAll(oracle.verify(store));
        } catch (RuntimeException e) {
            violations.add("reading back failed: " + e);
        } catch (ExecutionException e) {
            violations.add("reopening failed: " + e.getCause());
        } catch (TimeoutException e) {
            violations.add("reopening took more than %d s".formatted(OPEN_SECONDS_MAX));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A process that writes until it is killed. */
    private final class Victim implements AutoCloseable {
        private final Process process;
        private final CountDownLatch ready = new CountDownLatch(1);
        private final CountDownLatch enough = new CountDownLatch(RECEIPTS_PER_CYCLE_MIN);
        private final Thread reader;
        private final Thread listener;
        private volatile boolean opened;
        private volatile String brokenPipe = "";
        private volatile String complaints = "";
        private long receipts;
        private boolean killed;

        Victim() {
            try {
                process = new ProcessBuilder(command.apply(random.nextLong())).start();
            } catch (IOException e) {
                throw BenchException.failed("no writing process: " + e.getMessage(), e);
            }
            reader = Thread.ofPlatform().name("receipts").start(this::readReceipts);
            listener = Thread.ofPlatform().name("complaints").start(this::readComplaints);
        }

        private void readReceipts() {
            try (DataInputStream in =
                    new DataInputStream(new BufferedInputStream(process.getInputStream()))) {
                Receipt receipt;
                while ((receipt = Receipt.read(in)) != null) {
                    take(receipt);
                }
            } catch (IOException e) {
                brokenPipe = e.getMessage() + " ";
            }
            ready.countDown();
            while (enough.getCount() > 0) {
                enough.countDown(); // no more will come
            }
        }

        private void take(Receipt receipt) {
            oracle.note(receipt);
            switch (receipt.kind()) {
                case READY -> {
                    opened = true;
                    ready.countDown();
                }
                case PUTS_AHEAD, TRIM_AHEAD -> {
                    return; // no receipt
                }
                case WRITTEN -> written++;
                case DURABLE -> durable++;
                case TRIMMED -> trims++;
            }
            receipts++;
            enough.countDown();
        }

        private void readComplaints() {
            try {
                byte[] printed = process.getErrorStream().readAllBytes();
                complaints = new String(printed, StandardCharsets.UTF_8);
            } catch (IOException e) {
                complaints = String.valueOf(e.getMessage());
            }
        }

        boolean awaitReady() {
            return await(ready, OPEN_SECONDS_MAX) && opened;
        }

        void awaitEnough() {
            await(enough, RECEIPTS_SECONDS_MAX);
        }

        private static boolean await(CountDownLatch latch, long seconds) {
            try {
                return latch.await(seconds, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        void killAfter(int millis) {
            try {
                if (process.waitFor(millis, TimeUnit.MILLISECONDS) && !stopped.getAsBoolean()) {
                    violations.add("the writing process ended by itself: " + lastWords());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            close();
            if (!brokenPipe.isEmpty()) {
                violations.add("the receipts cannot be read: " + brokenPipe.strip());
            }
        }

        String lastWords() {
            close();
            return (brokenPipe + complaints).strip();
        }

        long receipts() {
            return receipts;
        }

        /** Kills the process, waits for its end, and takes what is left in the pipe. */
        @Override
        public void close() {
            if (killed) {
                return;
            }
            killed = true;
            process.toHandle().destroyForcibly(); // Process.destroyForcibly would close the pipe
            process.onExit().join();
            ThreadEnd.await(reader);
            ThreadEnd.await(listener);
        }
    }
}
