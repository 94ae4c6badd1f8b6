package cordwood.testkit.contract;

import static cordwood.testkit.StoreUnderTest.SPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.store.Commit;
import cordwood.store.Durability;
import cordwood.store.GroupCommitter;
import cordwood.store.Metric;
import cordwood.store.StoreException;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.Seed;
import cordwood.testkit.SeededSteps;
import cordwood.testkit.StoreUnderTest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What happens while commits are under way: here nothing is committed until the test lets it. */
interface AdmissionChapter extends ContractChapter {

    /** How many batches the stores of this chapter let in. */
    int IN_FLIGHT = 4;

    /** How many bytes of them. */
    int IN_FLIGHT_BYTES = 1 << 20;

    private StoreUnderTest openHeldBack(SeededSteps steps, Duration admissionTimeout) {
        GroupCommitter.Limits limits =
                new GroupCommitter.Limits(
                        1 << 20, 16, IN_FLIGHT_BYTES, IN_FLIGHT, admissionTimeout);
        Path place = directory().resolveSibling("held back");
        return new StoreUnderTest(() -> open(place, limits, steps), steps::await);
    }

    private static WriteBatch batchOf(StoreUnderTest held, long position) {
        WriteBatch batch = held.newBatch();
        batch.put(SPACE, 1, position, Bytes.of("x"));
        return batch;
    }

    private static List<Commit> fill(StoreUnderTest held) {
        List<Commit> commits = new ArrayList<>();
        for (int i = 0; i < IN_FLIGHT; i++) {
            commits.add(held.store().tryAppend(batchOf(held, i), Durability.WRITTEN));
        }
        return commits;
    }

    @Test
    default void aBatchUnderWayMustNotBeTouched(Seed seed) {
        SeededSteps steps = new SeededSteps(seed);
        try (StoreUnderTest held = openHeldBack(steps, Duration.ZERO)) {
            StreamStore store = held.store();
            WriteBatch batch = batchOf(held, 1);
            Commit commit = store.append(batch, Durability.WRITTEN);
            assertThat(commit.isDone()).isFalse();
            assertThat(commit.failure()).isNull();
            assertThatThrownBy(() -> batch.put(SPACE, 1, 2, Bytes.of("y")))
                    .isInstanceOf(StoreException.Invalid.class);
            assertThatThrownBy(() -> batch.trim(SPACE, 1, 2))
                    .isInstanceOf(StoreException.Invalid.class);
            assertThatThrownBy(() -> batch.attribute(SPACE, 1, 2, Bytes.of("y")))
                    .isInstanceOf(StoreException.Invalid.class);
            assertThatThrownBy(batch::clear).isInstanceOf(StoreException.Invalid.class);
            assertThatThrownBy(batch::close).isInstanceOf(StoreException.Invalid.class);
            assertThatThrownBy(() -> store.append(batch, Durability.WRITTEN))
                    .isInstanceOf(StoreException.Invalid.class);
            steps.await(commit);
            batch.clear();
            batch.close();
            assertThat(store.bounds(SPACE, 1).last()).isEqualTo(1);
        }
    }

    @Test
    default void tryAppendIsRefusedAtOnceWhenFull(Seed seed) {
        SeededSteps steps = new SeededSteps(seed);
        try (StoreUnderTest held = openHeldBack(steps, Duration.ofHours(1))) {
            StreamStore store = held.store();
            List<Commit> admitted = fill(held);
            WriteBatch refused = batchOf(held, 99);
            assertThatThrownBy(() -> store.tryAppend(refused, Durability.WRITTEN))
                    .isInstanceOf(StoreException.Busy.class);
            assertThat(store.metrics().value(Metric.ADMISSION_REFUSALS)).isEqualTo(1);
            assertThat(store.metrics().value(Metric.IN_FLIGHT_BYTES)).isPositive();
            refused.put(SPACE, 1, 100, Bytes.of("the batch was handed back unchanged"));
            assertThat(refused.recordCount()).isEqualTo(2);
            admitted.forEach(steps::await);
            assertThat(store.metrics().value(Metric.IN_FLIGHT_BYTES)).isZero();
            steps.await(store.tryAppend(refused, Durability.WRITTEN));
            assertThat(store.bounds(SPACE, 1).last()).isEqualTo(100);
        }
    }

    @Test
    default void appendWaitsForRoomUntilTheDeadline(Seed seed) {
        SeededSteps steps = new SeededSteps(seed);
        try (StoreUnderTest held = openHeldBack(steps, Duration.ofMillis(20))) {
            StreamStore store = held.store();
            fill(held);
            WriteBatch late = batchOf(held, 99);
            assertThatThrownBy(() -> store.append(late, Durability.WRITTEN))
                    .isInstanceOf(StoreException.Busy.class);
            assertThat(store.metrics().value(Metric.ADMISSION_WAIT_NANOS))
                    .isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(20));
            steps.runAll();
            steps.await(store.append(late, Durability.WRITTEN));
        }
    }

    @Test
    default void appendGoesOnWhenThereIsRoom(Seed seed) throws Exception {
        SeededSteps steps = new SeededSteps(seed);
        try (StoreUnderTest held = openHeldBack(steps, Duration.ofSeconds(30))) {
            StreamStore store = held.store();
            fill(held);
            CompletableFuture<Commit> waiting = new CompletableFuture<>();
            Thread appender =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    waiting.complete(
                                            store.append(batchOf(held, 99), Durability.WRITTEN));
                                } catch (RuntimeException e) {
                                    waiting.completeExceptionally(e);
                                }
                            });
            steps.runAll();
            steps.await(waiting.get(2, TimeUnit.MINUTES));
            appender.join();
            assertThat(store.bounds(SPACE, 1).last()).isEqualTo(99);
        }
    }

    @Test
    default void aBatchLargerThanAllThatMayBeInFlightIsAdmittedAlone(Seed seed) {
        SeededSteps steps = new SeededSteps(seed);
        try (StoreUnderTest held = openHeldBack(steps, Duration.ZERO)) {
            StreamStore store = held.store();
            WriteBatch large = held.newBatch();
            large.put(SPACE, 1, 1, Bytes.random(seed.value(), IN_FLIGHT_BYTES));
            Commit small = store.append(batchOf(held, 2), Durability.WRITTEN);
            assertThatThrownBy(() -> store.append(large, Durability.WRITTEN))
                    .isInstanceOf(StoreException.Busy.class);
            steps.await(small);
            Commit commit = store.append(large, Durability.WRITTEN);
            assertThatThrownBy(() -> store.append(batchOf(held, 3), Durability.WRITTEN))
                    .isInstanceOf(StoreException.Busy.class);
            steps.await(commit);
            assertThat(store.bounds(SPACE, 1).first()).isEqualTo(1);
            assertThat(store.metrics().value(Metric.IN_FLIGHT_BYTES)).isZero();
        }
    }

    @Test
    default void aListenerClosesWhileCommitsAreUnderWay(Seed seed) {
        SeededSteps steps = new SeededSteps(seed);
        StoreUnderTest held = openHeldBack(steps, Duration.ZERO);
        StreamStore store = held.store();
        List<Commit> commits = fill(held);
        List<Long> told = new ArrayList<>();
        commits.getFirst()
                .whenDone(_ -> {
                    store.close();
                    store.close();
                });
        commits.forEach(commit -> commit.whenDone(done -> told.add(done.sequence())));
        steps.runAll();
        held.close();
        assertThat(commits).allMatch(commit -> commit.isDone() && commit.failure() == null);
        assertThat(told).containsExactlyInAnyOrder(1L, 2L, 3L, 4L);
    }

    @Test
    default void listenersAreToldInOrderAndNeverByTheCommittingStep(Seed seed) {
        SeededSteps steps = new SeededSteps(seed);
        try (StoreUnderTest held = openHeldBack(steps, Duration.ZERO)) {
            List<Long> told = new ArrayList<>();
            List<Commit> commits = fill(held);
            for (Commit commit : commits.reversed()) {
                commit.whenDone(done -> told.add(done.sequence()));
            }
            while (!commits.getLast().isDone()) {
                steps.runNamed("-commit");
            }
            assertThat(told).isEmpty();
            steps.runAll();
            assertThat(told).containsExactly(1L, 2L, 3L, 4L);
        }
    }

    @Test
    default void closeCompletesWhatIsUnderWay(Seed seed) {
        SeededSteps steps = new SeededSteps(seed);
        List<Commit> commits;
        List<Long> told = new ArrayList<>();
        try (StoreUnderTest held = openHeldBack(steps, Duration.ZERO)) {
            commits = fill(held);
            commits.getLast().whenDone(done -> told.add(done.sequence()));
        }
        for (Commit commit : commits) {
            assertThat(commit.isDone()).isTrue();
            assertThat(commit.failure()).isNull();
        }
        assertThat(told).containsExactly((long) IN_FLIGHT);
    }
}
