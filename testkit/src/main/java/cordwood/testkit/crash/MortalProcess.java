package cordwood.testkit.crash;

import cordwood.files.Disk;
import cordwood.store.Commit;
import cordwood.store.Durability;
import cordwood.store.LocalStore;
import cordwood.store.StepExecutor;
import cordwood.store.StoreException;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import cordwood.testkit.disk.KillPoint;
import cordwood.testkit.disk.KillPoint.Phase;
import cordwood.testkit.disk.KillingDisk;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The process that {@link KillTrials} kills: appends random traffic to a store, and tells through
 * its output what it is about to append and what was acknowledged.
 */
public final class MortalProcess {

    /**
     * What a process is to do.
     *
     * @param directory of the store
     * @param seed of options and traffic
     * @param batches how many to append before it closes the store
     * @param fatal where to die; null for nowhere
     * @param passes how often to live through that before
     */
    record Order(Path directory, long seed, int batches, @Nullable KillPoint fatal, int passes) {

        List<String> arguments() {
            return List.of(
                    directory.toString(),
                    String.valueOf(seed),
                    String.valueOf(batches),
                    fatal == null ? "" : fatal.toString(),
                    String.valueOf(passes));
        }

        static Order of(String... arguments) {
            return new Order(
                    Path.of(arguments[0]),
                    Long.parseLong(arguments[1]),
                    Integer.parseInt(arguments[2]),
                    arguments[3].isEmpty() ? null : KillPoint.parse(arguments[3]),
                    Integer.parseInt(arguments[4]));
        }
    }

    static final String STARTED = "started";
    static final String ACKNOWLEDGED = "acknowledged";
    static final String POINT = "point ";
    static final String FAILED = "failed ";

    /** Batches acknowledged before a running process may die. */
    static final int ACKNOWLEDGED_MIN = 200;

    private static final int IN_FLIGHT = 16;
    private static final int BATCHES_PER_FLUSH = 60;

    private final Order order;
    private final PrintStream out;
    private final KillingDisk disk;
    private final Set<KillPoint> passed = ConcurrentHashMap.newKeySet();
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final AtomicInteger passes = new AtomicInteger();

    private MortalProcess(Order order, PrintStream out) {
        this.order = order;
        this.out = out;
        Disk real = Disk.real();
        Phase first = real.exists(order.directory) ? Phase.OPENING : Phase.CREATING;
        disk = new KillingDisk(real, first, this::isDue);
    }

    /** The main method of the process, with the arguments it was started with. */
    public static void run(StoreOpener opener, PrintStream out, String... arguments) {
        new MortalProcess(Order.of(arguments), out).live(opener);
    }

    private boolean isDue(KillPoint point) {
        boolean begins = point.phase() == Phase.CREATING || point.phase() == Phase.OPENING;
        if (!begins && acknowledged.get() < ACKNOWLEDGED_MIN) {
            return false;
        }
        if (passed.add(point)) {
            tell(POINT + point);
        }
        return point.equals(order.fatal) && passes.getAndIncrement() >= order.passes;
    }

    private void tell(String line) {
        synchronized (out) {
            out.print(line + '\n');
            out.flush();
        }
    }

    private void live(StoreOpener opener) {
        Path directory = order.directory;
        StepExecutor threads = StepExecutor.platformThreads();
        try (StreamStore store = opener.open(disk, directory, threads, order.seed)) {
            disk.enter(Phase.RUNNING);
            append(store);
            disk.enter(Phase.CLOSING);
        } catch (StoreException e) {
            tell(FAILED + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void append(StreamStore store) throws InterruptedException {
        Traffic traffic = new Traffic(order.seed);
        Semaphore inFlight = new Semaphore(IN_FLIGHT);
        Thread chores = null;
        for (int i = 0; i < order.batches; i++) {
            inFlight.acquire();
            List<Operation> operations = traffic.batch();
            Durability level = traffic.level();
            WriteBatch batch = store.newBatch();
            operations.forEach(operation -> operation.addTo(batch));
            tell(STARTED);
            int index = i;
            store.append(batch, level).whenDone(commit -> done(commit, index, batch, inFlight));
            if (i % BATCHES_PER_FLUSH == 0 && store instanceof LocalStore local) {
                int turn = i / BATCHES_PER_FLUSH;
                if (chores != null) {
                    chores.join();
                }
                chores = Thread.startVirtualThread(() -> chore(local, turn));
            }
        }
        inFlight.acquire(IN_FLIGHT);
        if (chores != null) {
            chores.join();
        }
        if (store instanceof LocalStore local) {
            Thread.startVirtualThread(() -> chore(local, 0)); // for the close to interrupt
        }
    }

    private void done(Commit commit, int index, WriteBatch batch, Semaphore inFlight) {
        batch.close();
        StoreException failure = commit.failure();
        if (failure == null) {
            tell(ACKNOWLEDGED + " " + index);
            acknowledged.incrementAndGet();
        } else {
            tell(FAILED + failure);
        }
        inFlight.release();
    }

    private Path copy(int turn) {
        return order.directory.resolveSibling("copy-%016x".formatted(order.seed + turn));
    }

    /** What runs beside the appending. */
    private void chore(LocalStore store, int turn) {
        try {
            switch (turn % 4) {
                case 0 -> store.compact();
                case 1 -> store.checkpoint(copy(turn));
                default -> store.flush();
            }
        } catch (StoreException.Closed e) {
            // the last of them is overtaken by the close
        } catch (StoreException e) {
            tell(FAILED + e);
        }
    }
}
