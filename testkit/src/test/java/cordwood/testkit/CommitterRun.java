package cordwood.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.store.Commit;
import cordwood.store.CommitGroup;
import cordwood.store.Durability;
import cordwood.store.GroupCommitter;
import cordwood.store.Metric;
import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import cordwood.store.StoreMetrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One run of a committer whose interleaving of appends, steps, failures and close follows from a
 * seed; checks after every move what must hold at all times, and keeps a trace of what happened.
 */
final class CommitterRun {

    private static final GroupCommitter.Limits LIMITS =
            new GroupCommitter.Limits(1_000, 6, 16_384, 16, Duration.ZERO);

    private final SplittableRandom random;
    private final SeededSteps steps;
    private final GroupCommitter committer;

    private final List<String> trace = new ArrayList<>();
    private final List<Commit> commits = new ArrayList<>();
    private final List<Long> numbers = new ArrayList<>();
    private final Set<Long> applied = new HashSet<>();
    private final List<Long> told = new ArrayList<>();
    private long listeners;
    private long lastApplied;
    private long highestSynced;
    private boolean poisoned;
    private @Nullable AssertionError broken;

    CommitterRun(Seed seed) {
        random = seed.random();
        steps = new SeededSteps(seed.child(0));
        committer = new GroupCommitter("run", this::write, LIMITS, steps);
    }

    /** Makes so many random moves, closes, and checks the end. */
    List<String> run(int moves) {
        for (int i = 0; i < moves; i++) {
            move();
            checkAlways();
        }
        boolean stepsLeft = random.nextBoolean();
        if (stepsLeft) {
            steps.runSome(5);
        }
        committer.close();
        checkAlways();
        checkEnd();
        return trace;
    }

    private void move() {
        if (random.nextInt(100) < 60) {
            append();
        } else {
            steps.runOne();
        }
    }

    private void append() {
        long number = numbers.size() + 1_000L * random.nextInt(1, 1_000);
        long bytes = random.nextInt(10) == 0 ? random.nextInt(1, 5_000) : random.nextInt(1, 400);
        NumberedBatch batch = new NumberedBatch(number, bytes, random.nextInt(10) == 0);
        Durability level = StoreUnderTest.level(random.nextInt(3));
        if (!commits.isEmpty() && random.nextInt(5) == 0) {
            batch.onlyAfter(commits.get(random.nextInt(commits.size())));
        }
        Commit commit;
        try {
            commit =
                    random.nextBoolean()
                            ? committer.append(batch, level)
                            : committer.tryAppend(batch, level);
        } catch (StoreException.Busy e) {
            trace.add("busy");
            return;
        } catch (StoreException.Failed e) {
            assertThat(poisoned).isTrue();
            assertThat(e.outcome()).isEqualTo(Outcome.NOT_APPLIED);
            trace.add("refused");
            return;
        }
        assertThat(commit.sequence()).isEqualTo(commits.size() + 1L);
        commits.add(commit);
        numbers.add(number);
        if (random.nextBoolean()) {
            listeners++;
            commit.whenDone(done -> told.add(done.sequence()));
        }
    }

    private void write(CommitGroup group) {
        try {
            check(group);
        } catch (AssertionError e) {
            broken = e; // the committer would take it for a failure of the storage
            throw e;
        }
        switch (random.nextInt(40)) {
            case 0 -> throw new StoreException.Full("no room on purpose", null);
            case 1 -> {
                poisoned = true;
                throw new StoreException.Failed("torn on purpose", Outcome.UNKNOWN, null);
            }
            default -> apply(group);
        }
    }

    private void check(CommitGroup group) {
        assertThat(poisoned).as("nothing is written after a failure").isFalse();
        trace.add("group of " + group.size() + " from " + group.firstSequence());
        assertThat(group.size()).isBetween(1, LIMITS.groupBatchesMax());
        assertThat(group.firstSequence()).as("sequences rise").isGreaterThan(lastApplied);
        boolean wanted = false;
        for (int i = 0; i < group.size(); i++) {
            NumberedBatch batch = (NumberedBatch) group.batch(i);
            int sequence = (int) group.firstSequence() + i;
            assertThat(batch.number()).isEqualTo(numbers.get(sequence - 1));
            wanted |= batch.hasTrims() || commits.get(sequence - 1).level() == Durability.DURABLE;
        }
        assertThat(group.sync()).isEqualTo(wanted);
    }

    private void apply(CommitGroup group) {
        for (int i = 0; i < group.size(); i++) {
            lastApplied = group.firstSequence() + i;
            assertThat(applied.add(lastApplied)).as("applied once").isTrue();
        }
        if (group.sync()) {
            highestSynced = lastApplied;
        }
    }

    private void checkAlways() {
        if (broken != null) {
            throw broken;
        }
        assertThat(committer.watermark(Durability.WRITTEN)).isEqualTo(lastApplied);
        assertThat(committer.watermark(Durability.DURABLE)).isEqualTo(highestSynced);
        assertThat(told).isSorted().doesNotHaveDuplicates();
        long underWay = commits.stream().filter(commit -> !commit.isDone()).count();
        assertThat(underWay).isLessThanOrEqualTo(LIMITS.inFlightBatchesMax());
        assertThat(inFlightBytes() == 0).isEqualTo(underWay == 0);
    }

    private void checkEnd() {
        for (Commit commit : commits) {
            assertThat(commit.isDone()).isTrue();
            assertThat(commit.failure() == null)
                    .as("commit %d succeeded exactly if it was applied", commit.sequence())
                    .isEqualTo(applied.contains(commit.sequence()));
            if (commit.failure() == null && commit.level() == Durability.DURABLE) {
                assertThat(commit.sequence()).isLessThanOrEqualTo(highestSynced);
            }
        }
        assertThat(told).hasSize(Math.toIntExact(listeners));
        assertThat(inFlightBytes()).isZero();
        trace.add("told " + told);
    }

    private long inFlightBytes() {
        StoreMetrics.Builder metrics = StoreMetrics.builder();
        committer.report(metrics);
        return metrics.build().value(Metric.IN_FLIGHT_BYTES);
    }
}
