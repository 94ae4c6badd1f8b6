package cordwood.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.store.StoreException.Outcome;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How groups form, what is synced, and what failures do; every step is run by hand. */
final class GroupCommitterTest {

    private static final int GROUP_BYTES_MAX = 1_000;
    private static final int GROUP_BATCHES_MAX = 5;
    private static final int IN_FLIGHT_BATCHES_MAX = 16;

    private final HeldWriter writer = new HeldWriter();
    private final ManualSteps steps = new ManualSteps();
    private final GroupCommitter committer =
            new GroupCommitter(
                    "test",
                    writer,
                    new GroupCommitter.Limits(
                            GROUP_BYTES_MAX,
                            GROUP_BATCHES_MAX,
                            1 << 20,
                            IN_FLIGHT_BATCHES_MAX,
                            Duration.ZERO),
                    steps);

    @AfterEach
    void close() {
        committer.close();
    }

    private Commit append(long position) {
        return committer.append(StubBatch.of(position, 10), Durability.WRITTEN);
    }

    @Test
    void whatWaitsIsOneGroupInOrder() {
        for (long position = 1; position <= 3; position++) {
            append(position);
        }
        steps.commit();
        assertThat(writer.groups())
                .containsExactly(new HeldWriter.Group(List.of(1L, 2L, 3L), false, 1, 30));
        append(4);
        steps.commit();
        assertThat(writer.groups()).hasSize(2);
        assertThat(writer.groups().getLast().firstSequence()).isEqualTo(4);
    }

    @Test
    void aGroupHoldsNoMoreBatchesThanTheLimit() {
        for (long position = 1; position <= GROUP_BATCHES_MAX + 2; position++) {
            append(position);
        }
        steps.runAll();
        assertThat(writer.groups())
                .extracting(group -> group.positions().size())
                .containsExactly(GROUP_BATCHES_MAX, 2);
    }

    @Test
    void aGroupStaysWithinItsBytesAndALargerBatchGoesAlone() {
        int[] bytes = {600, 400, 1, 64, 5_000, 64};
        for (int i = 0; i < bytes.length; i++) {
            committer.append(StubBatch.of(i, bytes[i]), Durability.WRITTEN);
        }
        steps.runAll();
        assertThat(writer.groups())
                .extracting(HeldWriter.Group::positions)
                .containsExactly(List.of(0L, 1L), List.of(2L, 3L), List.of(4L), List.of(5L));
    }

    @Test
    void oneSyncWhereAnyMemberAskedOrTrims() {
        append(1);
        committer.append(StubBatch.of(2, 10), Durability.DURABLE);
        append(3);
        steps.commit();
        append(4);
        committer.append(StubBatch.of(5, 10), Durability.BUFFERED);
        steps.commit();
        StubBatch trim = StubBatch.of(6, 10);
        trim.trim(StubBatch.SPACE, 1, 5);
        committer.append(trim, Durability.BUFFERED);
        steps.commit();
        assertThat(writer.groups())
                .extracting(HeldWriter.Group::sync)
                .containsExactly(true, false, true);
    }

    @Test
    void watermarksFollowGroupsAndSyncs() {
        committer.append(StubBatch.of(1, 10), Durability.DURABLE);
        append(2);
        assertThat(committer.watermark(Durability.BUFFERED)).isZero();
        steps.commit();
        assertThat(committer.watermark(Durability.BUFFERED)).isEqualTo(2);
        assertThat(committer.watermark(Durability.WRITTEN)).isEqualTo(2);
        assertThat(committer.watermark(Durability.DURABLE)).isEqualTo(2);
        append(3);
        steps.commit();
        assertThat(committer.watermark(Durability.WRITTEN)).isEqualTo(3);
        assertThat(committer.watermark(Durability.DURABLE)).isEqualTo(2);
        committer.append(StubBatch.of(4, 10), Durability.DURABLE);
        steps.commit();
        assertThat(committer.watermark(Durability.DURABLE)).as("covers 3 too").isEqualTo(4);
    }

    @Test
    void aRefusalFailsItsGroupOnly() {
        Commit refused = append(1);
        Commit withIt = append(2);
        writer.failNext(new StoreException.Full("no room", null));
        steps.commit();
        assertThat(committer.watermark(Durability.WRITTEN)).isZero();
        Commit later = append(3);
        steps.commit();

        assertThat(refused.failure()).isInstanceOf(StoreException.Full.class);
        assertThat(withIt.failure()).isInstanceOf(StoreException.Full.class);
        assertThatThrownBy(refused::await)
                .isInstanceOf(StoreException.Full.class)
                .hasMessage("no room");
        assertThat(later.isDone()).isTrue();
        assertThat(later.failure()).isNull();
        assertThat(committer.failure()).isNull();
        assertThat(committer.watermark(Durability.WRITTEN)).isEqualTo(3);
        assertThat(writer.positions()).containsExactly(3L);
    }

    @Test
    void aStorageFailureStopsWritesForGoodWithItsFirstCause() {
        StoreException.Failed first = new StoreException.Failed("torn", Outcome.UNKNOWN, null);
        List<Commit> group = new ArrayList<>();
        for (long position = 1; position <= GROUP_BATCHES_MAX; position++) {
            group.add(append(position));
        }
        Commit behind = append(6);
        writer.failNext(first);
        steps.commit();
        assertThat(group).allSatisfy(commit -> assertFailed(commit, Outcome.UNKNOWN));
        assertThat(behind.isDone()).isFalse();
        steps.commit();
        assertFailed(behind, Outcome.NOT_APPLIED);

        StubBatch batch = StubBatch.of(7, 10);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> committer.append(batch, Durability.WRITTEN))
                    .isInstanceOf(StoreException.Failed.class)
                    .hasMessage("torn")
                    .hasCause(first)
                    .extracting(e -> ((StoreException) e).outcome())
                    .isEqualTo(Outcome.NOT_APPLIED);
        }
        batch.put(StubBatch.SPACE, 1, 8, MemorySegment.ofArray(new byte[1]));
        assertThat(committer.failure()).isSameAs(first);
        assertThat(writer.groups()).isEmpty();
        assertThat(committer.watermark(Durability.WRITTEN)).isZero();
    }

    private static void assertFailed(Commit commit, Outcome outcome) {
        assertThat(commit.isDone()).isTrue();
        assertThatThrownBy(commit::await)
                .isInstanceOf(StoreException.Failed.class)
                .hasMessage("torn")
                .extracting(e -> ((StoreException) e).outcome())
                .isEqualTo(outcome);
    }

    @Test
    void aBugInTheWriterStopsWritesForGood() {
        for (Throwable bug : List.of(new IllegalStateException("bug"), new StackOverflowError())) {
            HeldWriter buggy = new HeldWriter();
            ManualSteps mySteps = new ManualSteps();
            try (GroupCommitter mine =
                    new GroupCommitter(
                            "buggy",
                            buggy,
                            GroupCommitter.Limits.forInFlightBytes(1 << 20),
                            mySteps)) {
                Commit commit = mine.append(StubBatch.of(1, 10), Durability.WRITTEN);
                buggy.failNext(bug);
                mySteps.commit();
                assertThat(commit.failure())
                        .isInstanceOf(StoreException.Failed.class)
                        .hasCause(bug)
                        .extracting(StoreException::outcome)
                        .isEqualTo(Outcome.UNKNOWN);
                assertThatThrownBy(() -> mine.append(StubBatch.of(2, 10), Durability.WRITTEN))
                        .isInstanceOf(StoreException.Failed.class);
            }
        }
    }

    private Commit appendTrim(long to) {
        StubBatch trim = new StubBatch();
        trim.trim(StubBatch.SPACE, 1, to);
        return committer.append(trim, Durability.WRITTEN);
    }

    @Test
    void aRefusedGroupsTrimsAreWrittenByThemselves() {
        Commit refused = append(1);
        Commit trim = appendTrim(5);
        StubBatch both = StubBatch.of(3, 10);
        both.trim(StubBatch.SPACE, 1, 2);
        Commit notTrimOnly = committer.append(both, Durability.WRITTEN);
        StubBatch attribute = new StubBatch();
        attribute.attribute(StubBatch.SPACE, 1, 1, MemorySegment.ofArray(new byte[10]));
        attribute.trim(StubBatch.SPACE, 1, 3);
        Commit withAttribute = committer.append(attribute, Durability.WRITTEN);
        Commit lastTrim = appendTrim(6);
        writer.failNext(new StoreException.Full("no room", null));
        steps.runAll();

        assertThat(refused.failure()).isInstanceOf(StoreException.Full.class);
        assertThat(notTrimOnly.failure()).isInstanceOf(StoreException.Full.class);
        assertThat(withAttribute.failure()).isInstanceOf(StoreException.Full.class);
        assertThat(List.of(trim, lastTrim))
                .allMatch(commit -> commit.isDone() && commit.failure() == null);
        assertThat(writer.groups())
                .containsExactly(new HeldWriter.Group(List.of(), true, trim.sequence(), 0));
        assertThat(committer.watermark(Durability.DURABLE)).isEqualTo(lastTrim.sequence());
    }

    @Test
    void aFailureForGoodIsTheTrimsToo() {
        Commit put = append(1);
        Commit trim = appendTrim(5);
        writer.failNext(new StoreException.Failed("torn", Outcome.UNKNOWN, null));
        steps.commit();

        assertFailed(put, Outcome.UNKNOWN);
        assertFailed(trim, Outcome.UNKNOWN);
        assertThat(writer.groups()).isEmpty();
    }

    @Test
    void waitersAndListenersAreToldByTheNotifyingStepInOrder() {
        List<Long> told = new ArrayList<>();
        List<Commit> commits = new ArrayList<>();
        for (long position = 1; position <= 4; position++) {
            Commit commit = append(position);
            if (position != 3) {
                commit.whenDone(done -> told.add(done.sequence()));
            }
            commits.add(commit);
        }
        steps.commit();
        assertThat(commits).allSatisfy(commit -> assertThat(commit.isDone()).isTrue());
        assertThat(told).as("not by the committing step").isEmpty();
        commits.get(2).whenDone(done -> told.add(done.sequence()));
        assertThat(told).as("done already: at once").containsExactly(3L);
        steps.notifyAllWaiters();
        assertThat(told).containsExactly(3L, 1L, 2L, 4L);
    }

    @Test
    void listenersOfFailedCommitsAreToldToo() {
        List<StoreException> told = new ArrayList<>();
        append(1).whenDone(done -> told.add(done.failure()));
        writer.failNext(new StoreException.Busy("not now"));
        steps.runAll();
        assertThat(told).singleElement().isInstanceOf(StoreException.Busy.class);
    }

    @Test
    void closeCompletesWhatWasAcceptedAndRefusesTheRest() {
        List<Commit> commits = new ArrayList<>();
        List<Long> told = new ArrayList<>();
        for (long position = 1; position <= 12; position++) {
            Commit commit = append(position);
            commit.whenDone(done -> told.add(done.sequence()));
            commits.add(commit);
        }
        committer.close();
        assertThat(commits).allSatisfy(commit -> assertThat(commit.isDone()).isTrue());
        assertThat(told).hasSize(12).isSorted();
        assertThat(writer.positions()).hasSize(12);
        StubBatch refused = StubBatch.of(13, 10);
        assertThatThrownBy(() -> committer.append(refused, Durability.WRITTEN))
                .isInstanceOf(StoreException.Closed.class);
        refused.clear();
        committer.close();
        assertThat(writer.positions()).hasSize(12);
    }

    @Test
    void refusedBatchesAreHandedBackAndChargeNothing() {
        for (int i = 0; i < IN_FLIGHT_BATCHES_MAX; i++) {
            append(i);
        }
        StubBatch refused = StubBatch.of(99, 10);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> committer.append(refused, Durability.WRITTEN))
                    .isInstanceOf(StoreException.Busy.class)
                    .hasMessageContaining("in flight");
        }
        steps.runAll();
        Commit commit = committer.append(refused, Durability.WRITTEN);
        assertThat(commit.sequence()).isEqualTo(IN_FLIGHT_BATCHES_MAX + 1);
        steps.runAll();
        StoreMetrics metrics = metrics();
        assertThat(metrics.value(Metric.ADMISSION_REFUSALS)).isEqualTo(3);
        assertThat(metrics.value(Metric.IN_FLIGHT_BYTES)).isZero();
    }

    @Test
    void aBatchLargerThanAllThatMayBeInFlightIsAGroupByItself() {
        append(1);
        StubBatch large = StubBatch.of(2, (1 << 20) + 1);
        assertThatThrownBy(() -> committer.tryAppend(large, Durability.WRITTEN))
                .isInstanceOf(StoreException.Busy.class);
        steps.runAll();
        Commit commit = committer.append(large, Durability.WRITTEN);
        assertThatThrownBy(() -> append(3)).isInstanceOf(StoreException.Busy.class);
        steps.runAll();
        assertThat(commit.failure()).isNull();
        append(4);
        steps.runAll();
        assertThat(writer.positions()).containsExactly(1L, 2L, 4L);
    }

    @Test
    void aBatchThatDependsOnACommitOfAnotherIsRefusedUnchanged() {
        try (GroupCommitter other =
                new GroupCommitter(
                        "other",
                        new HeldWriter(),
                        GroupCommitter.Limits.forInFlightBytes(1 << 20),
                        new ManualSteps())) {
            Commit foreign = other.append(StubBatch.of(1, 10), Durability.WRITTEN);
            StubBatch batch = StubBatch.of(2, 10);
            batch.onlyAfter(foreign);
            assertThatThrownBy(() -> committer.append(batch, Durability.WRITTEN))
                    .isInstanceOf(StoreException.Invalid.class);
            batch.onlyAfter(append(1));
            committer.append(batch, Durability.WRITTEN);
            steps.runAll();
        }
        assertThat(writer.positions()).containsExactly(1L, 2L);
    }

    @Test
    void aClosedBatchNeverReachesTheEngine() {
        StubBatch batch = StubBatch.of(1, 10);
        batch.close();
        assertThatThrownBy(() -> committer.append(batch, Durability.WRITTEN))
                .isInstanceOf(StoreException.Closed.class);
    }

    @Test
    void figuresCountGroupsBatchesRecordsAndBytes() {
        for (int i = 0; i < 7; i++) {
            StubBatch batch = StubBatch.of(i, 10);
            batch.put(StubBatch.SPACE, 1, i, MemorySegment.ofArray(new byte[5]));
            committer.append(batch, Durability.WRITTEN);
        }
        assertThat(metrics().value(Metric.IN_FLIGHT_BYTES)).isPositive();
        steps.runAll();
        writer.failNext(new StoreException.Full("no room", null));
        append(8);
        steps.runAll();
        StoreMetrics metrics = metrics();
        assertThat(metrics.value(Metric.COMMIT_GROUPS)).isEqualTo(2);
        assertThat(metrics.value(Metric.COMMIT_BATCHES)).isEqualTo(7);
        assertThat(metrics.value(Metric.COMMIT_RECORDS)).isEqualTo(14);
        assertThat(metrics.value(Metric.COMMIT_VALUE_BYTES)).isEqualTo(105);
        assertThat(metrics.value(Metric.IN_FLIGHT_BYTES)).isZero();
    }

    private StoreMetrics metrics() {
        StoreMetrics.Builder metrics = StoreMetrics.builder();
        committer.report(metrics);
        return metrics.build();
    }
}
