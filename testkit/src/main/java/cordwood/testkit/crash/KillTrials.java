package cordwood.testkit.crash;

import cordwood.files.Disk;
import cordwood.store.StepExecutor;
import cordwood.store.StoreException;
import cordwood.store.StreamStore;
import cordwood.testkit.ChildJvm;
import cordwood.testkit.Seed;
import cordwood.testkit.crash.MortalProcess.Order;
import cordwood.testkit.crash.Oracle.Promise;
import cordwood.testkit.disk.KillPoint;
import cordwood.testkit.disk.KillPoint.Phase;
import cordwood.testkit.disk.KillingDisk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Real processes that die on the real file system: by SIGKILL, and by themselves at every {@link
 * KillPoint} there is. What they had been promised comes through a pipe, so it is known outside of
 * the directory at risk.
 */
public final class KillTrials {

    /**
     * What was run.
     *
     * @param points places to die at that were found
     * @param tried those that were chosen
     * @param hit those of them at which a process died: some depend on luck
     * @param kills processes that died, by SIGKILL included
     * @param acknowledged batches that they had been promised
     */
    public record Tally(int points, int tried, int hit, int kills, long acknowledged) {}

    private static final List<String> JVM_OPTIONS =
            List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
    private static final int ATTEMPTS_MAX = 8;
    private static final int BATCHES = 500;
    private static final int PASSES_MAX = 4;
    private static final Duration LIFE_MAX = Duration.ofMinutes(5);
    private static final Duration OPEN_MAX = Duration.ofMinutes(2);

    private final Class<?> process;
    private final StoreOpener opener;
    private final Path root;
    private final SplittableRandom random;
    private int directories;
    private int kills;
    private long acknowledged;

    private KillTrials(Class<?> process, StoreOpener opener, Path root, Seed seed) {
        this.process = process;
        this.opener = opener;
        this.root = root;
        random = seed.random();
    }

    /**
     * Finds the points and dies at every {@code stride}-th.
     *
     * @param process whose main method calls {@link MortalProcess#run}
     * @param opener opens the store in this process, to look at it
     * @param root an empty directory of the real file system
     * @throws AssertionError naming the point at which a promise was broken
     */
    public static Tally run(
            Class<?> process, StoreOpener opener, Path root, Seed seed, int stride) {
        KillTrials trials = new KillTrials(process, opener, root, seed);
        List<String> points = List.copyOf(trials.survey());
        int tried = 0;
        int hit = 0;
        for (int i = trials.random.nextInt(stride); i < points.size(); i += stride) {
            KillPoint point = KillPoint.parse(points.get(i));
            tried++;
            try {
                hit += trials.dieAt(point) ? 1 : 0;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("killed " + point + ": " + e.getMessage(), e);
            }
        }
        return new Tally(points.size(), tried, hit, trials.kills, trials.acknowledged);
    }

    /** Every point that is passed in lives of all phases. */
    private Set<String> survey() {
        Set<String> points = new TreeSet<>();
        for (int i = 0; i < 2; i++) {
            Trial trial = new Trial();
            points.addAll(trial.liveUntilKilled().points);
            points.addAll(trial.live(BATCHES, null, 0).points);
        }
        return points;
    }

    private boolean dieAt(KillPoint point) {
        int passes = random.nextInt(PASSES_MAX);
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            if (new Trial().dieAt(point, attempt == 0 ? passes : 0)) {
                return true;
            }
        }
        return false;
    }

    /** What was heard of a process. */
    private final class Life {
        private final List<String> points = new ArrayList<>();
        private final BitSet acknowledged = new BitSet();
        private int started;

        private void note(String line) {
            if (line.equals(MortalProcess.STARTED)) {
                started++;
            } else if (line.startsWith(MortalProcess.ACKNOWLEDGED)) {
                acknowledged.set(Integer.parseInt(line.substring(line.indexOf(' ') + 1)));
            } else if (line.startsWith(MortalProcess.POINT)) {
                points.add(line.substring(MortalProcess.POINT.length()));
            } else {
                throw new Violation("the process says: " + line);
            }
        }

        /** Appends again, to the oracle, what the process appended to the store. */
        private void retell(Oracle oracle, long seed) {
            Traffic traffic = new Traffic(seed);
            for (int i = 0; i < started; i++) {
                Oracle.Batch batch = oracle.append(traffic.batch(), traffic.level());
                if (acknowledged.get(i)) {
                    batch.acknowledged();
                }
            }
            KillTrials.this.acknowledged += acknowledged.cardinality();
        }
    }

    /** Lives on one directory. */
    private final class Trial {
        private final Path directory =
                root.resolve("trial-%016x".formatted(++directories)).resolve("store");
        private final Oracle oracle = new Oracle();

        /** Dies at a point, in the life to which it belongs; false when that was not reached. */
        private boolean dieAt(KillPoint point, int passes) {
            boolean reopens = point.phase() == Phase.OPENING;
            if (reopens) {
                liveUntilKilled();
            }
            int killsBefore = kills;
            // who knows what the first life left, until somebody looked: nothing is added to it
            live(reopens ? 0 : BATCHES, point, passes);
            boolean died = kills > killsBefore;
            verify(died || reopens ? Promise.PROCESS_DEATH : Promise.VISIBLE);
            if (point.phase() == Phase.CREATING) {
                liveUntilKilled();
                verify(Promise.PROCESS_DEATH);
            }
            return died;
        }

        private Life liveUntilKilled() {
            return live(Integer.MAX_VALUE, null, 0);
        }

        /** One life; without an end to its batches it is killed when it has enough receipts. */
        private Life live(int batches, @Nullable KillPoint fatal, int passes) {
            Order order = new Order(directory, random.nextLong(), batches, fatal, passes);
            Life life = new Life();
            int receipts = MortalProcess.ACKNOWLEDGED_MIN + random.nextInt(100);
            try (ChildJvm child = ChildJvm.start(JVM_OPTIONS, process, order.arguments())) {
                boolean killed = false;
                for (String line = child.line(); line != null; line = child.line()) {
                    life.note(line);
                    if (!killed
                            && batches == Integer.MAX_VALUE
                            && life.acknowledged.cardinality() >= receipts) {
                        child.kill();
                        killed = true;
                    }
                }
                int exit = child.awaitExit(LIFE_MAX);
                if (exit == KillingDisk.EXIT) {
                    kills++;
                } else if (exit != 0) {
                    throw new Violation("exit " + exit + ": " + child.complaints());
                }
            }
            life.retell(oracle, order.seed());
            return life;
        }

        /** Opens what was left, twice. */
        private void verify(Promise promise) {
            Disk disk = Disk.real();
            try (StreamStore store = open(disk)) {
                oracle.recovered(store, promise);
            }
            try (StreamStore store = open(disk)) {
                oracle.check(store, Promise.VISIBLE);
            }
            List<Path> stray = opener.strayFiles(disk, directory);
            if (!stray.isEmpty()) {
                throw new Violation("nothing refers to " + stray + " after the second reopen");
            }
        }

        private StreamStore open(Disk disk) {
            long startNanos = System.nanoTime();
            StreamStore store;
            try {
                StepExecutor threads = StepExecutor.platformThreads();
                store = opener.open(disk, directory, threads, random.nextLong());
            } catch (StoreException e) {
                throw new Violation("what was left cannot be opened: " + e.getMessage(), e);
            }
            if (System.nanoTime() - startNanos > OPEN_MAX.toNanos()) {
                store.close();
                throw new Violation("opening took more than " + OPEN_MAX);
            }
            return store;
        }
    }
}
