package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.lsm.commit.BatchesLostWhileClosing;
import cordwood.lsm.commit.EntriesBeforeTheirValues;
import cordwood.lsm.commit.TrimsRefusedWithPuts;
import cordwood.lsm.compaction.CompactionJobTest;
import cordwood.lsm.compaction.NewestLostWhereATableBegins;
import cordwood.lsm.compaction.TrimPointsLostInMerges;
import cordwood.lsm.format.ShortagesAreFinal;
import cordwood.lsm.read.ReadersTellNobody;
import cordwood.lsm.read.VersionsTest;
import cordwood.lsm.table.BlockForEveryWalk;
import cordwood.testkit.mutant.Mutant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The trials that pass the engine fail, and say why, on one with any of these mistakes. */
@Tag("trial")
final class MutantsTest {

    @Test
    void batchesLostWhileClosingAreMissed() {
        requireCaught(
                BatchesLostWhileClosing.class,
                CloseTest.class,
                "everythingInFlightIsWrittenAndFound",
                "but was");
    }

    @Test
    void anEntryBeforeItsValueIsFound() {
        requireCaught(
                EntriesBeforeTheirValues.class,
                LsmContractTest.class,
                "anEntryThatFailsLeavesTheBatchAsItWas",
                "four");
    }

    @Test
    void aBlockForEveryWalkIsTooMuchMemory() {
        requireCaught(
                BlockForEveryWalk.class,
                ManyTablesTest.class,
                "readingThemTakesNoMoreMemoryThanAFewTablesDo",
                "no memory");
    }

    @Test
    void aShortageThatEndsWritingIsToldFromARefusal() {
        Mutant mutant = new Mutant(ShortagesAreFinal.class, RefusedRegions.class);
        requireCaught(
                mutant,
                RefusedRegions.class,
                "whatIsRefusedOneRegionIsRefusedOrWaitsAndGoesOn",
                "want of memory");
    }

    @Test
    void aReaderThatTellsNobodyIsFoundOut() {
        requireCaught(
                ReadersTellNobody.class,
                VersionsTest.class,
                "theReaderThatHeldSomethingBackTellsAsItLeaves",
                "to have value");
    }

    @Test
    void aTrimRefusedWithAPutIsFound() {
        requireCaught(
                TrimsRefusedWithPuts.class,
                ShortageTest.class,
                "aTrimInOneGroupWithAPutIsWrittenOnAFullDiskAndThePutIsRefused",
                "no space left");
    }

    @Test
    void aTrimPointThatAMergeLosesIsMissed() {
        requireCaught(
                TrimPointsLostInMerges.class,
                TrimmedTablesTest.class,
                "aTrimPointOutlivesTheMergeOfItsAttributesAndAReopening",
                "trimmed to");
    }

    @Test
    void theNewestRecordThatAMergeLosesWhereATableBeginsIsMissed() {
        requireCaught(
                NewestLostWhereATableBegins.class,
                CompactionJobTest.class,
                "ofEachRecordTheNewestIsKeptHoweverManyTablesAreWritten",
                "the newest of stream");
    }

    private static void requireCaught(
            Class<?> mistake, Class<?> trial, String method, String symptom) {
        requireCaught(new Mutant(mistake), trial, method, symptom);
    }

    private static void requireCaught(
            Mutant mutant, Class<?> trial, String method, String symptom) {
        assertThat(mutant.run(trial, method))
                .as("%s does not find it", trial.getSimpleName())
                .isNotEmpty()
                .allSatisfy(failure -> assertThat(failure).hasMessageContaining(symptom));
    }
}
