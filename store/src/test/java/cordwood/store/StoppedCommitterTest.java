package cordwood.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of those who wait when the committing step itself throws; on real threads. */
@Timeout(60)
final class StoppedCommitterTest {

    private static final GroupCommitter.Limits LIMITS =
            new GroupCommitter.Limits(1 << 20, 4, 1 << 20, 16, Duration.ofMinutes(1));

    /** Lets nobody write until it is told to throw; writes nothing. */
    private static final class BuggyWriter implements GroupWriter {
        private final List<StoreException.Failed> stopped = new ArrayList<>();
        private volatile boolean throwing;

        @Override
        public boolean isReady(long nextFootprintBytes) {
            if (throwing) {
                throw new IllegalStateException("the writer's bug");
            }
            return false;
        }

        @Override
        public void write(CommitGroup group) {
            throw new AssertionError("nothing is written after a bug");
        }

        @Override
        public void stopped(StoreException.Failed because) {
            stopped.add(because);
        }
    }

    private final BuggyWriter writer = new BuggyWriter();

    private GroupCommitter committer() {
        return new GroupCommitter("test", writer, LIMITS, StepExecutor.virtualThreads());
    }

    private void stop(GroupCommitter committer) {
        writer.throwing = true;
        committer.wake();
    }

    @Test
    void allThatWaitFailWithTheBugAndSoDoesWhatComes() {
        try (GroupCommitter committer = committer()) {
            List<Commit> waiting = new ArrayList<>();
            for (int position = 0; position < 10; position++) {
                waiting.add(committer.append(StubBatch.of(position, 10), Durability.WRITTEN));
            }
            stop(committer);
            for (Commit commit : waiting) {
                assertThatThrownBy(commit::await)
                        .isInstanceOf(StoreException.Failed.class)
                        .hasMessageContaining("the writer's bug")
                        .matches(e ->
                                ((StoreException) e).outcome()
                                        == StoreException.Outcome.NOT_APPLIED);
            }
            assertThat(committer.failure()).hasMessageContaining("the writer's bug");
            assertThatThrownBy(() -> committer.append(StubBatch.of(11, 10), Durability.WRITTEN))
                    .isInstanceOf(StoreException.Failed.class);
        }
        assertThat(writer.stopped).hasSize(1);
    }

    @Test
    void closeReturnsWithEverybodyTold() {
        Commit commit;
        try (GroupCommitter committer = committer()) {
            commit = committer.append(StubBatch.of(1, 10), Durability.WRITTEN);
            writer.throwing = true;
        }
        assertThat(commit.failure()).isInstanceOf(StoreException.Failed.class);
    }

    @Test
    void roomInFlightIsGivenBackByWhatFailed() {
        StoreMetrics.Builder figures = StoreMetrics.builder();
        try (GroupCommitter committer = committer()) {
            Commit commit = committer.append(StubBatch.of(1, 10), Durability.WRITTEN);
            stop(committer);
            assertThatThrownBy(commit::await).isInstanceOf(StoreException.Failed.class);
            committer.report(figures);
        }
        assertThat(figures.build().value(Metric.IN_FLIGHT_BYTES)).isZero();
    }
}
