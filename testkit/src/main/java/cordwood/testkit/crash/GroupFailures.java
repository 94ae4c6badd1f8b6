package cordwood.testkit.crash;

import cordwood.store.Commit;
import cordwood.store.Durability;
import cordwood.store.Space;
import cordwood.store.StepExecutor;
import cordwood.store.StoreException;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import cordwood.testkit.Seed;
import cordwood.testkit.SeededSteps;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.crash.Oracle.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * One short history of groups, again and again, in which the n-th call of the group writer fails,
 * until every call has failed in every way. Afterwards the store is opened again, and what each
 * batch was told must be true: what was acknowledged is there, what was refused as not applied is
 * not, and what is unknown may be either.
 */
public final class GroupFailures {

    /** A store whose group writer's calls can be made to fail. */
    public interface Subject {

        /** Opens a fresh store for writing, on steps that the caller runs. */
        Writing open(FailingCall failing, StepExecutor steps);

        /** Opens the store again that was opened last and closed, with nothing failing. */
        StreamStore reopen();

        /** Whether calls can fail this way. */
        default boolean knows(FailingCall.Kind kind) {
            return true;
        }
    }

    /** A store's way in. */
    public interface Writing extends AutoCloseable {
        /** As {@link StreamStore#newBatch}. */
        WriteBatch newBatch();

        /** As {@link StreamStore#append}. */
        Commit append(WriteBatch batch, Durability level);

        @Override
        void close();

        /** That of a store. */
        static Writing to(StreamStore store) {
            return new Writing() {
                @Override
                public WriteBatch newBatch() {
                    return store.newBatch();
                }

                @Override
                public Commit append(WriteBatch batch, Durability level) {
                    return store.append(batch, level);
                }

                @Override
                public void close() {
                    store.close();
                }
            };
        }
    }

    /**
     * What was run.
     *
     * @param runs histories with a failure in them
     * @param refused batches that were told they were not applied
     * @param unknown batches that were told nothing is known of them
     */
    public record Tally(int runs, int refused, int unknown) {}

    private static final Space SPACE = StoreUnderTest.SPACE;
    private static final int GROUPS = 10;
    private static final int STREAMS = 3;
    private static final int LOWEST = -4; // below a stream's tail
    private static final int VALUE_BYTES_MAX = 60;
    private static final long WAIT_NANOS = 100_000;

    private final Subject subject;
    private final Seed seed;
    private int runs;
    private int refused;
    private int unknown;

    private GroupFailures(Subject subject, Seed seed) {
        this.subject = subject;
        this.seed = seed;
    }

    /**
     * Fails every {@code stride}-th call in every way.
     *
     * @throws AssertionError naming the failure after which somebody had been told an untruth
     */
    public static Tally run(Subject subject, Seed seed, int stride) {
        GroupFailures failures = new GroupFailures(subject, seed);
        int first = 1;
        for (FailingCall.Kind kind : FailingCall.Kind.values()) {
            for (int call = first; subject.knows(kind); call += stride) {
                if (!failures.reached(new FailingCall(kind, call))) {
                    break;
                }
            }
            first = first % stride + 1;
        }
        return new Tally(failures.runs, failures.refused, failures.unknown);
    }

    private boolean reached(FailingCall failing) {
        try {
            Oracle oracle = new Oracle();
            List<Commit> commits = write(failing, oracle);
            boolean failed = commits.stream().anyMatch(commit -> commit.failure() != null);
            try (StreamStore store = subject.reopen()) {
                oracle.check(store, Promise.VISIBLE);
            }
            if (!failing.hasFailed() && !failed) {
                return false;
            }
            runs++;
            commits.forEach(this::count);
            return true;
        } catch (RuntimeException | Error e) {
            throw new AssertionError("%s, %s: %s".formatted(failing, seed, e.getMessage()), e);
        }
    }

    private void count(Commit commit) {
        StoreException failure = commit.failure();
        if (failure != null) {
            boolean isUnknown = failure.outcome() == StoreException.Outcome.UNKNOWN;
            unknown += isUnknown ? 1 : 0;
            refused += isUnknown ? 0 : 1;
        }
    }

    private List<Commit> write(FailingCall failing, Oracle oracle) {
        SplittableRandom random = seed.random();
        SeededSteps steps = new SeededSteps(seed);
        List<Commit> commits = new ArrayList<>();
        List<WriteBatch> batches = new ArrayList<>();
        Writing writing = subject.open(failing, steps);
        try {
            for (int group = 0; group < GROUPS; group++) {
                List<Commit> waiting = new ArrayList<>();
                for (int left = random.nextInt(1, 5); left > 0; left--) {
                    Durability level = StoreUnderTest.level(random.nextInt(3));
                    Oracle.Batch noted = oracle.append(operations(random, group), level);
                    WriteBatch batch = writing.newBatch();
                    batches.add(batch);
                    append(writing, batch, level, noted, waiting);
                }
                waiting.forEach(commit -> await(commit, steps));
                commits.addAll(waiting);
            }
        } finally {
            batches.forEach(WriteBatch::close);
            close(writing, failing);
        }
        return commits;
    }

    private static void close(Writing writing, FailingCall failing) {
        try {
            writing.close();
        } catch (StoreException.Failed e) {
            if (!failing.hasFailed()) {
                throw e;
            }
        }
    }

    private void append(
            Writing writing,
            WriteBatch batch,
            Durability level,
            Oracle.Batch noted,
            List<Commit> waiting) {
        noted.operations().forEach(operation -> operation.addTo(batch));
        try {
            Commit commit = writing.append(batch, level);
            noted.accepted(commit);
            waiting.add(commit);
        } catch (StoreException.Failed e) { // writing has ended
            noted.refused();
            refused++;
        }
    }

    /** Other threads may have to bring something first. */
    private static void await(Commit commit, SeededSteps steps) {
        steps.runAll();
        while (!commit.isDone()) {
            LockSupport.parkNanos(WAIT_NANOS);
            steps.runAll();
        }
    }

    private static List<Operation> operations(SplittableRandom random, int group) {
        List<Operation> operations = new ArrayList<>();
        for (int left = random.nextInt(1, 5); left > 0; left--) {
            StreamKey key = new StreamKey(SPACE, random.nextInt(STREAMS));
            long near = 3L * group + random.nextInt(LOWEST, 3);
            int kind = random.nextInt(10);
            if (kind < 6) {
                int valueBytes = random.nextInt(VALUE_BYTES_MAX);
                operations.add(new Operation.Put(key, near, random.nextLong(), valueBytes));
            } else if (kind < 8) {
                operations.add(new Operation.Trim(key, near - 2));
            } else {
                operations.add(new Operation.Attribute(key, 1, random.nextLong(), 8));
            }
        }
        return operations;
    }
}
