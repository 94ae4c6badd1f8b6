package cordwood.memory.fault;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Throws an Error into every case at its first point, its second and so on, until it passes all
 * points: once, and at all points from there on.
 */
final class Sweep {

    static final long SEED = Long.getLong("cordwood.seed", System.nanoTime());
    static final boolean LONG = Boolean.getBoolean("cordwood.long");

    /** Against hanging only. */
    static final long PATIENCE_NANOS =
            TimeUnit.SECONDS.toNanos(Long.getLong("cordwood.patience", 120));

    /**
     * What is built to fail need not be waited for as long: who is only slow fails then, too, and
     * others are tried beside it.
     */
    static final long PATIENCE_WITH_BUG_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** What a case's name must contain to be run: all, unless one fault is looked for. */
    private static final String CASES = System.getProperty("cordwood.cases", "");

    private static final int STEP = LONG ? 1 : 10;

    /** After so many trials the points left, mostly of loops, are tried more thinly. */
    private static final int DENSE_TRIALS = LONG ? Integer.MAX_VALUE : 10;

    /** A thread of the product's own is never left alone by a fault that goes on for ever. */
    private static final int BACKGROUND_TIMES_MAX = 20;

    /** Most trials wait for a thread of the product's own. */
    private static final int THREADS = 8;

    private static final int FAILURES_MAX = Integer.getInteger("cordwood.failures", 3);

    /**
     * One case with faults of one kind.
     *
     * @param kind null for no fault at all
     */
    private record Task(
            SweepCase sweepCase, Fault.@Nullable Kind kind, boolean sticky, int offset) {}

    private final FaultLoader loader;
    private final long patienceNanos;
    private final Queue<Task> tasks = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong trials = new AtomicLong();
    private final AtomicLong thrown = new AtomicLong();

    Sweep(List<Mutation> mutations) {
        this.loader = mutations.isEmpty() ? FaultLoader.unchanged() : new FaultLoader(mutations);
        this.patienceNanos = mutations.isEmpty() ? PATIENCE_NANOS : PATIENCE_WITH_BUG_NANOS;
    }

    /**
     * Draws one in so many cases by the seed; all in a long run, or when a case is named.
     *
     * @param oneIn how many
     */
    static Predicate<SweepCase> drawn(int oneIn) {
        return sweepCase ->
                LONG
                        || !CASES.isEmpty()
                        || new SplittableRandom(SEED + sweepCase.name().hashCode()).nextInt(oneIn)
                                == 0;
    }

    /** Runs the cases with faults of every kind, and answers what went wrong. */
    Collection<Throwable> run(Predicate<SweepCase> wanted) throws Exception {
        return run(wanted, STEP);
    }

    /** As {@link #run}, and surely with the first point of each. */
    Collection<Throwable> runFromFirstPoint(Predicate<SweepCase> wanted) throws Exception {
        return run(wanted, 1);
    }

    private Collection<Throwable> run(Predicate<SweepCase> wanted, int firstPoints)
            throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        for (SweepCase sweepCase : cases()) {
            if (wanted.test(sweepCase)) {
                for (Fault.Kind kind : Fault.Kind.values()) {
                    tasks.add(new Task(sweepCase, kind, false, random.nextInt(firstPoints)));
                    tasks.add(new Task(sweepCase, kind, true, random.nextInt(firstPoints)));
                }
            }
        }
        workAll();
        System.out.printf(
                Locale.ROOT,
                "seed %d: %,d errors thrown in %,d trials, %d s of processor in all%n",
                SEED,
                thrown.get(),
                trials.get(),
                ProcessHandle.current()
                        .info()
                        .totalCpuDuration()
                        .orElse(Duration.ZERO)
                        .toSeconds());
        return failures;
    }

    /** Runs the cases once without any fault, and answers what went wrong. */
    Collection<Throwable> runUndisturbed(Predicate<SweepCase> wanted) throws Exception {
        for (SweepCase sweepCase : cases()) {
            if (wanted.test(sweepCase)) {
                tasks.add(new Task(sweepCase, null, false, 0));
            }
        }
        workAll();
        return failures;
    }

    /** Runs the tasks, several at a time. */
    private void workAll() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            threads.add(Thread.ofPlatform().daemon().name("sweep-" + i).start(this::work));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @SuppressWarnings("unchecked") // its one declaration
    private List<SweepCase> cases() throws ReflectiveOperationException {
        Class<?> cases = Class.forName(FaultLoader.INSIDE + "Cases", true, loader);
        List<SweepCase> all = (List<SweepCase>) cases.getMethod("all").invoke(null);
        return all.stream().filter(sweepCase -> sweepCase.name().contains(CASES)).toList();
    }

    private void work() {
        for (Task task = tasks.poll();
                task != null && failures.size() < FAILURES_MAX;
                task = tasks.poll()) {
            Task next = task;
            try {
                sweep(next);
            } catch (Throwable failure) {
                failures.add(failure);
            }
        }
    }

    private void sweep(Task task) throws Throwable {
        int timesMax =
                !task.sticky
                        ? 1
                        : task.sweepCase.isBackground() ? BACKGROUND_TIMES_MAX : Integer.MAX_VALUE;
        long at = 1L + task.offset;
        Fault.Kind kind = task.kind;
        int tried = 0;
        while (failures.size() < FAILURES_MAX) {
            Fault fault = kind == null ? Fault.none() : new Fault(kind, at, timesMax);
            trial(task.sweepCase, fault);
            trials.incrementAndGet();
            thrown.addAndGet(fault.thrown());
            if (fault.thrown() == 0) {
                return;
            }
            at += ++tried < DENSE_TRIALS ? STEP : STEP * 10L;
        }
    }

    /** In a group of its own, which tells the threads that it starts from those of others. */
    private void trial(SweepCase sweepCase, Fault fault) throws Throwable {
        Throwable[] failure = {null};
        Thread thread =
                new Thread(
                        new TrialGroup(),
                        () -> {
                            try {
                                sweepCase.run(fault, patienceNanos);
                            } catch (Throwable thrown) {
                                failure[0] = thrown;
                            }
                        });
        thread.setDaemon(true);
        thread.start();
        thread.join();
        Throwable thrown = failure[0];
        if (thrown != null) {
            Error first = fault.first();
            if (first != null) {
                thrown.addSuppressed(first);
            }
            throw thrown;
        }
    }
}
