package cordwood.memory.fault;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.memory.fault.Mutation.Change;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Bugs of each kind that the trials are for: built in, and found for what they do, where nothing is
 * found without them.
 */
@Tag("trial")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
final class SeededBugTest {

    /**
     * A bug.
     *
     * @param trial what a case's name contains that must find it
     * @param withErrors whether Errors are thrown into the case
     * @param mutation what is changed
     * @param symptom a pattern of what is said of it
     */
    private record Bug(String trial, boolean withErrors, Mutation mutation, String symptom) {}

    // State that survives an Error.
    private static final Bug NO_ROOM_ON_THE_STACK =
            new Bug(
                    "region, EMPTY",
                    true,
                    Mutation.of("stack.StackRoom", "require", Change.EMPTY),
                    "some of the budget cannot be had|accounts are not exact");
    private static final Bug UPKEEP_CATCHES_NOTHING =
            new Bug(
                    "upkeep, EMPTY",
                    true,
                    Mutation.of("Upkeep", "*", Change.NO_CATCH),
                    "upkeep has ended");
    private static final Bug CHUNK_MAKER_CATCHES_NOTHING =
            new Bug(
                    "the other thread, EMPTY",
                    true,
                    Mutation.of("ChunkMaker", "*", Change.NO_CATCH),
                    "no chunk is made");

    // Refusals while enough is free.
    private static final Bug NOBODY_IS_ASKED =
            new Bug(
                    "all can be had",
                    false,
                    Mutation.of("Reclaimer", "giveBack", Change.NOT_CALLED),
                    "BudgetExceeded: direct asked");

    // Closing.
    private static final Bug NOTHING_IS_WAITED_FOR =
            new Bug(
                    "close beside others",
                    false,
                    Mutation.of("Waits", "until", Change.EMPTY),
                    "does not end");

    // What is bounded.
    private static final Bug RETIRED_CELLS_STAY =
            new Bug(
                    "retired cells",
                    false,
                    Mutation.of("pool.RetiredCells", "freeReady", Change.EMPTY),
                    "BudgetExceeded: small_pool asked");

    // Cliffs.
    private static final Bug NO_CHUNK_MAKER =
            new Bug(
                    "no caller takes",
                    false,
                    Mutation.of("Chunks", "startMaker", Change.EMPTY),
                    "a caller took memory");

    @Test
    void seededBugOfStepsWithoutRoomOnTheStackIsCaught() throws Exception {
        assertCaught(NO_ROOM_ON_THE_STACK);
    }

    @Test
    void seededBugOfUpkeepThatDiesIsCaught() throws Exception {
        assertCaught(UPKEEP_CATCHES_NOTHING);
    }

    @Test
    void seededBugOfAChunkMakerThatDiesIsCaught() throws Exception {
        assertCaught(CHUNK_MAKER_CATCHES_NOTHING);
    }

    @Test
    void seededBugOfReclaimersNotAskedIsCaught() throws Exception {
        assertCaught(NOBODY_IS_ASKED);
    }

    @Test
    void seededBugOfACloseThatDoesNotWaitIsCaught() throws Exception {
        assertCaught(NOTHING_IS_WAITED_FOR);
    }

    @Test
    void seededBugOfRetiredCellsThatStayIsCaught() throws Exception {
        assertCaught(RETIRED_CELLS_STAY);
    }

    @Test
    void seededBugOfCallersThatMakeChunksIsCaught() throws Exception {
        assertCaught(NO_CHUNK_MAKER);
    }

    private static void assertCaught(Bug bug) throws Exception {
        if (bug.withErrors) { // The others are run without it by ErrorSweepTest.
            assertThat(failures(bug, new Sweep(List.of()))).as("without %s", bug).isEmpty();
        }
        assertThat(failures(bug, new Sweep(List.of(bug.mutation))))
                .as("seed %d: %s is not found", Sweep.SEED, bug)
                .anySatisfy(
                        failure -> assertThat(failure.getMessage()).containsPattern(bug.symptom));
    }

    private static Collection<Throwable> failures(Bug bug, Sweep sweep) throws Exception {
        return bug.withErrors
                ? sweep.runFromFirstPoint(sweepCase -> sweepCase.name().contains(bug.trial))
                : sweep.runUndisturbed(sweepCase -> sweepCase.name().contains(bug.trial));
    }
}
