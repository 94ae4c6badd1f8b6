package cordwood.baseline;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.store.GroupCommitter;
import cordwood.store.StepExecutor;
import cordwood.store.StreamStore;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.crash.FailingCall;
import cordwood.testkit.crash.GroupFailures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Wherever the model ends writing, what each batch is told is true after reopening. */
@ExtendWith(SeedExtension.class)
final class OutcomeTest {

    @Test
    void outcomesAreTrueWhicheverCallFails(Seed seed) {
        GroupFailures.Tally tally = GroupFailures.run(new Models(), seed, 1);
        assertThat(tally.runs()).isGreaterThan(10);
        assertThat(tally.refused()).isPositive();
        assertThat(tally.unknown()).isPositive();
    }

    /** The model's calls change its state, and fail by the model itself. */
    private static final class Models implements GroupFailures.Subject {
        private ModelState state = new ModelState();

        @Override
        public boolean knows(FailingCall.Kind kind) {
            return kind == FailingCall.Kind.ERROR;
        }

        @Override
        public GroupFailures.Writing open(FailingCall failing, StepExecutor steps) {
            state = new ModelState();
            GroupCommitter.Limits limits = GroupCommitter.Limits.forInFlightBytes(64 << 20);
            StreamStore store = ModelStore.open(state, false, limits, steps);
            state.crashAfterParts(failing.call() - 1);
            return GroupFailures.Writing.to(store);
        }

        @Override
        public StreamStore reopen() {
            return ModelStore.open(state, false);
        }
    }
}
