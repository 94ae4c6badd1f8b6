package cordwood.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConditionalBatchTest {

    private static final Space SPACE = new Space(1, "test");

    private final List<Long> applied = new ArrayList<>();
    private final List<StepExecutor.Step> steps = new ArrayList<>();
    private boolean full;
    private boolean putsAreRefused;
    private int trims;
    private final GroupCommitter committer =
            new GroupCommitter(
                    "test",
                    this::write,
                    new GroupCommitter.Limits(100, 8, 1 << 20, 64, Duration.ofSeconds(1)),
                    this::start);

    @AfterEach
    void close() {
        committer.close();
    }

    @Test
    void batchIsRefusedWithTheOneItDependsOn() {
        full = true;
        Commit first = committer.append(batch(1), Durability.WRITTEN);
        runSteps();
        full = false;
        Commit second = committer.append(batch(2, first), Durability.WRITTEN);
        Commit third = committer.append(batch(3, second), Durability.WRITTEN);
        Commit independent = committer.append(batch(4), Durability.WRITTEN);
        runSteps();

        assertThat(first.failure()).isInstanceOf(StoreException.Full.class);
        assertThat(second.failure()).isInstanceOf(StoreException.Full.class);
        assertThat(third.failure()).isInstanceOf(StoreException.Full.class);
        assertThat(third.failure())
                .extracting(StoreException::outcome)
                .isEqualTo(StoreException.Outcome.NOT_APPLIED);
        assertThat(independent.isDone()).isTrue();
        assertThat(independent.failure()).isNull();
        assertThat(applied).containsExactly(4L);
    }

    @Test
    void refusalOfAGroupRefusesWhatWasQueuedBehindIt() {
        full = true;
        Commit first = committer.append(batch(1), Durability.WRITTEN);
        Commit tooLargeToJoin = committer.append(batch(2, first, 80), Durability.WRITTEN);
        steps.getLast().run();
        assertThat(first.isDone()).isTrue();
        assertThat(tooLargeToJoin.isDone()).isFalse();
        full = false;
        runSteps();

        assertThat(tooLargeToJoin.failure()).isInstanceOf(StoreException.Full.class);
        assertThat(applied).isEmpty();
    }

    @Test
    void aTrimIsRefusedWithThePutThatItDependsOnAndOtherTrimsAreNot() {
        putsAreRefused = true;
        Commit put = committer.append(batch(1), Durability.WRITTEN);
        Commit before = committer.append(trim(null), Durability.WRITTEN);
        Commit dependent = committer.append(trim(put), Durability.WRITTEN);
        Commit behindThat = committer.append(trim(dependent), Durability.WRITTEN);
        Commit after = committer.append(trim(before), Durability.WRITTEN);
        runSteps();

        assertThat(put.failure()).isInstanceOf(StoreException.Full.class);
        assertThat(dependent.failure()).isInstanceOf(StoreException.Full.class);
        assertThat(behindThat.failure()).isInstanceOf(StoreException.Full.class);
        assertThat(List.of(before.isDone(), after.isDone())).containsOnly(true);
        assertThat(before.failure()).isNull();
        assertThat(after.failure()).isNull();
        assertThat(trims).isEqualTo(2);
    }

    @Test
    void batchIsAppliedWhereTheOneItDependsOnWas() {
        Commit first = committer.append(batch(1), Durability.WRITTEN);
        Commit sameGroup = committer.append(batch(2, first), Durability.WRITTEN);
        runSteps();
        Commit later = committer.append(batch(3, sameGroup), Durability.WRITTEN);
        runSteps();

        assertThat(later.failure()).isNull();
        assertThat(applied).containsExactly(1L, 2L, 3L);
    }

    @Test
    void clearingForgetsTheCondition() {
        full = true;
        Commit first = committer.append(batch(1), Durability.WRITTEN);
        runSteps();
        full = false;
        StubBatch reused = batch(2, first);
        reused.clear();
        reused.put(SPACE, 1, 3, MemorySegment.ofArray(new byte[1]));
        committer.append(reused, Durability.WRITTEN);
        runSteps();

        assertThat(applied).containsExactly(3L);
    }

    @Test
    void conditionOfAnAppendedBatchCannotChange() {
        StubBatch batch = batch(1);
        Commit commit = committer.append(batch, Durability.WRITTEN);

        assertThatThrownBy(() -> batch.onlyAfter(commit))
                .isInstanceOf(StoreException.Invalid.class);
        runSteps();
    }

    private void write(CommitGroup group) {
        if (full || (putsAreRefused && group.recordCount() > 0)) {
            throw new StoreException.Full("no room", null);
        }
        for (int i = 0; i < group.size(); i++) {
            applied.addAll(((StubBatch) group.batch(i)).positions());
            trims += group.batch(i).hasTrims() ? 1 : 0;
        }
    }

    private StepExecutor.Handle start(String name, StepExecutor.Step step) {
        steps.add(step);
        return new StepExecutor.Handle() {
            @Override
            public void wake() {}

            @Override
            public void close() {
                runSteps();
            }
        };
    }

    private void runSteps() {
        boolean worked;
        do {
            worked = false;
            for (StepExecutor.Step step : steps) {
                worked |= step.run();
            }
        } while (worked);
    }

    private static StubBatch trim(@Nullable Commit earlier) {
        StubBatch batch = new StubBatch();
        batch.trim(SPACE, 1, 1);
        if (earlier != null) {
            batch.onlyAfter(earlier);
        }
        return batch;
    }

    private static StubBatch batch(long position, Commit earlier) {
        return batch(position, earlier, 1);
    }

    private static StubBatch batch(long position, Commit earlier, int bytes) {
        StubBatch batch = new StubBatch();
        batch.put(SPACE, 1, position, MemorySegment.ofArray(new byte[bytes]));
        batch.onlyAfter(earlier);
        return batch;
    }

    private static StubBatch batch(long position) {
        StubBatch batch = new StubBatch();
        batch.put(SPACE, 1, position, MemorySegment.ofArray(new byte[40]));
        return batch;
    }
}
