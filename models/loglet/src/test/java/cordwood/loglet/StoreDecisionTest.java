package cordwood.loglet;

import static cordwood.loglet.LogletFixture.OTHER;
import static cordwood.loglet.LogletFixture.SEQUENCER;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The rows of the decision table, each by itself and against the row before it. */
class StoreDecisionTest {

    private static final StoreDecision DUPLICATE = StoreDecision.Answer.DUPLICATE;
    private static final StoreDecision SEALED = StoreDecision.Answer.SEALED;
    private static final StoreDecision SEALING = StoreDecision.Answer.SEALING;
    private static final StoreDecision DISABLED = StoreDecision.Answer.DISABLED;
    private static final StoreDecision EXPIRED = StoreDecision.Answer.EXPIRED;
    private static final StoreDecision MISMATCH = StoreDecision.Answer.SEQUENCER_MISMATCH;
    private static final StoreDecision OUT_OF_BOUNDS = StoreDecision.Answer.OUT_OF_BOUNDS;
    private static final StoreDecision MALFORMED = StoreDecision.Answer.MALFORMED;

    /** Local tail 11, staging tail 21, global tail 6. */
    private LogletState state = stateWith(SEQUENCER, false);

    private static LogletState stateWith(@Nullable NodeId sequencer, boolean sealed) {
        LogletState state = new LogletState(1, 11, 6, 0, sequencer, sealed);
        if (!sealed && sequencer != null) {
            state.storeStaged(20, sequencer);
        }
        return state;
    }

    private StoreDecision decide(NodeId peer, Request.Store store) {
        return StoreDecision.decide(state, peer, store, false);
    }

    private StoreDecision decide(Request.Store store) {
        return decide(SEQUENCER, store);
    }

    private static Request.Store store(long first, int count) {
        return LogletFixture.store(first, count);
    }

    private static Request.Store repair(long first, int count) {
        return LogletFixture.repair(first, count);
    }

    private static Request.Store by(NodeId sequencer, Request.Store store) {
        return new Request.Store(
                store.header(),
                store.timeoutAtMillis(),
                store.flags(),
                store.firstOffset(),
                sequencer,
                store.payloads());
    }

    @Test
    void step2StoreThatPassesTheLastOffsetIsMalformed() {
        LogRecord record = LogletFixture.record(1, Keys.NONE);
        state = new LogletState(1, LogletOffset.LAST - 1, 1, 0, SEQUENCER, false);

        assertThat(decide(storeOf(LogletOffset.LAST - 1, List.of(record, record, record))))
                .isEqualTo(MALFORMED);
        assertThat(decide(storeOf(LogletOffset.LAST - 1, List.of(record, record))))
                .isEqualTo(new StoreDecision.Append(LogletOffset.LAST));
        assertThat(decide(storeOf(LogletOffset.MAX, List.of(record)))).isEqualTo(MALFORMED);
    }

    private static Request.Store storeOf(long first, List<LogRecord> records) {
        return new Request.Store(RequestHeader.of(1), 0, 0, first, SEQUENCER, records);
    }

    @Test
    void step3StoreWithoutRecordsOrOffsetIsMalformed() {
        assertThat(decide(store(21, 0))).isEqualTo(MALFORMED);
        assertThat(decide(storeOf(LogletOffset.INVALID, LogletFixture.records(0, 1))))
                .isEqualTo(MALFORMED);
        assertThat(decide(storeOf(LogletOffset.INVALID, LogletFixture.records(0, 5))))
                .isEqualTo(MALFORMED);
    }

    @Test
    void step4SealedLogletRefusesAllButRepairs() {
        state = stateWith(SEQUENCER, true);

        assertThat(decide(store(11, 1))).isEqualTo(SEALED);
        assertThat(decide(store(1, 1))).isEqualTo(SEALED);
        assertThat(decide(repair(11, 1))).isEqualTo(new StoreDecision.Append(11));
        assertThat(decide(store(11, 0))).as("step 3 comes first").isEqualTo(MALFORMED);
    }

    @Test
    void step5NothingIsAcceptedOnceWritesAreDisabled() {
        state.writesStopped();

        assertThat(decide(store(21, 1))).isEqualTo(DISABLED);
        assertThat(decide(repair(1, 1))).isEqualTo(DISABLED);
        assertThat(decide(by(OTHER, store(21, 1)))).as("before step 6").isEqualTo(DISABLED);

        state = stateWith(SEQUENCER, true);
        state.writesStopped();
        assertThat(decide(store(11, 1))).as("step 4 comes first").isEqualTo(SEALED);
    }

    @Test
    void step6OtherSequencerIsRefusedInRepairsToo() {
        assertThat(decide(by(OTHER, store(21, 1)))).isEqualTo(MISMATCH);
        assertThat(decide(OTHER, by(OTHER, repair(5, 1)))).isEqualTo(MISMATCH);
        assertThat(decide(by(new NodeId(1, 2), store(21, 1)))).isEqualTo(MISMATCH);
        assertThat(decide(by(OTHER, store(30, 1)))).as("before step 8").isEqualTo(MISMATCH);
    }

    @Test
    void step7OnlyTheSequencerItselfRepeatsWhatIsBehind() {
        assertThat(decide(OTHER, store(5, 1))).isEqualTo(MISMATCH);
        assertThat(decide(OTHER, store(20, 1)))
                .as("one before the staging tail")
                .isEqualTo(MISMATCH);
        assertThat(decide(OTHER, store(21, 1))).isEqualTo(new StoreDecision.Append(21));
        assertThat(decide(OTHER, repair(5, 1))).isEqualTo(new StoreDecision.Append(5));

        state.raiseGlobalTail(31);
        assertThat(decide(OTHER, store(30, 1))).as("behind the global tail").isEqualTo(MISMATCH);
    }

    @Test
    void step8GapIsOutOfBoundsUnlessTheGlobalTailExplainsIt() {
        assertThat(decide(store(22, 1))).isEqualTo(OUT_OF_BOUNDS);
        assertThat(decide(repair(22, 1))).isEqualTo(OUT_OF_BOUNDS);
        assertThat(StoreDecision.decide(state, SEQUENCER, store(22, 1), true))
                .as("before step 9")
                .isEqualTo(OUT_OF_BOUNDS);

        state.raiseGlobalTail(31);
        assertThat(decide(store(31, 1))).isEqualTo(new StoreDecision.Append(31));
        assertThat(decide(store(25, 2))).isEqualTo(new StoreDecision.Append(26));
        assertThat(decide(store(32, 1))).isEqualTo(OUT_OF_BOUNDS);
    }

    @Test
    void step9ExpiredStoreIsDropped() {
        assertThat(StoreDecision.decide(state, SEQUENCER, store(21, 1), true)).isEqualTo(EXPIRED);
        assertThat(StoreDecision.decide(state, SEQUENCER, store(1, 1), true))
                .as("before step 10")
                .isEqualTo(EXPIRED);
        assertThat(StoreDecision.Answer.EXPIRED.status()).isEqualTo(Status.DROPPED);
    }

    @Test
    void step10WhatIsCommittedIsADuplicate() {
        assertThat(decide(store(1, 10))).isEqualTo(DUPLICATE);
        assertThat(decide(store(10, 1))).isEqualTo(DUPLICATE);
        assertThat(decide(repair(1, 10))).isEqualTo(new StoreDecision.Append(10));
        assertThat(StoreDecision.Answer.DUPLICATE.status()).isEqualTo(Status.OK);
    }

    @Test
    void step11WhatIsUnderWayIsWaitedFor() {
        assertThat(decide(store(11, 10))).isEqualTo(new StoreDecision.AwaitTail(21));
        assertThat(decide(store(10, 2))).isEqualTo(new StoreDecision.AwaitTail(12));
        assertThat(decide(store(20, 2)))
                .as("partly new: written whole")
                .isEqualTo(new StoreDecision.Append(21));
        assertThat(decide(repair(11, 10))).isEqualTo(new StoreDecision.Append(20));
    }

    @Test
    void step12SealUnderWayParksStoresAndTurnsRepairsAway() {
        state.sealStaged();

        assertThat(decide(store(21, 1))).isEqualTo(new StoreDecision.AwaitSeal());
        assertThat(decide(repair(21, 1))).isEqualTo(SEALING);
        assertThat(decide(store(11, 10)))
                .as("step 11 comes first")
                .isEqualTo(new StoreDecision.AwaitTail(21));
        assertThat(decide(store(1, 1))).as("step 10 comes first").isEqualTo(DUPLICATE);
    }

    @Test
    void step13FirstStoreMakesItsSequencerTheLoglets() {
        state = new LogletState(1, 1, 1, 0, null, false);
        assertThat(decide(OTHER, store(1, 1))).isEqualTo(new StoreDecision.Append(1));

        state.storeStaged(1, SEQUENCER);
        assertThat(decide(by(OTHER, store(2, 1)))).isEqualTo(MISMATCH);
    }

    @Test
    void step14StagedStoreMovesTheStagingTailOnly() {
        state.storeStaged(25, SEQUENCER);

        assertThat(state.stagingTail()).isEqualTo(26);
        assertThat(state.localTail()).isEqualTo(11);
        state.storeStaged(12, SEQUENCER);
        assertThat(state.stagingTail()).as("a repair below does not lower it").isEqualTo(26);
        assertThat(decide(store(26, 1))).isEqualTo(new StoreDecision.Append(26));
    }

    @Test
    void decidingChangesNothing() {
        ResponseHeader before = state.header(Status.OK);
        decide(store(21, 1));
        decide(store(11, 5));
        decide(repair(3, 1));

        assertThat(state.header(Status.OK)).isEqualTo(before);
        assertThat(state.stagingTail()).isEqualTo(21);
        assertThat(state.sequencer()).isEqualTo(SEQUENCER);
    }
}
