package cordwood.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.store.StoreException.Outcome;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The small values of the contract: spaces, bounds, options, metrics, failures, names. */
final class ContractValuesTest {

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 255, 256})
    void aSpaceOutOfRangeIsRefused(int id) {
        assertThatThrownBy(() -> new Space(id, "name")).isInstanceOf(StoreException.Invalid.class);
    }

    @Test
    void aSpaceHasAName() {
        assertThat(new Space(1, "a").id()).isEqualTo(1);
        assertThat(new Space(254, "b").name()).isEqualTo("b");
        assertThatThrownBy(() -> new Space(1, " ")).isInstanceOf(StoreException.Invalid.class);
    }

    @Test
    void boundsAreEmptyWithoutARecord() {
        assertThat(StreamBounds.empty(5).isEmpty()).isTrue();
        assertThat(StreamBounds.empty(5).trimmedTo()).isEqualTo(5);
        assertThat(new StreamBounds(3, 3, 2).isEmpty()).isFalse();
        assertThat(new StreamBounds(Long.MIN_VALUE, Long.MAX_VALUE, 0).isEmpty()).isFalse();
    }

    @Test
    void optionsHaveALeastBudgetAndKeepACopy() {
        Path directory = Path.of("somewhere");
        assertThatThrownBy(() ->
                        new StoreOptions(
                                directory, StoreOptions.MEMORY_BUDGET_BYTES_MIN - 1, Map.of()))
                .isInstanceOf(StoreException.Invalid.class);
        Map<String, String> engine = new HashMap<>(Map.of("key", "value"));
        StoreOptions options =
                new StoreOptions(directory, StoreOptions.MEMORY_BUDGET_BYTES_MIN, engine);
        engine.clear();
        assertThat(options.engine()).containsEntry("key", "value");
        assertThat(StoreOptions.in(directory).memoryBudgetBytes())
                .isEqualTo(StoreOptions.MEMORY_BUDGET_BYTES_DEFAULT);
    }

    @Test
    void metricsTellZeroFromNotReported() {
        StoreMetrics.Builder builder =
                StoreMetrics.builder().set(Metric.WAL_BYTES, 0).engine("of_its_own", 7);
        StoreMetrics metrics = builder.build();
        builder.set(Metric.WAL_BYTES, 9).set(Metric.WAL_SYNCS, 1);
        assertThat(metrics.value(Metric.WAL_BYTES)).isZero();
        assertThat(metrics.reports(Metric.WAL_BYTES)).isTrue();
        assertThat(metrics.reports(Metric.WAL_SYNCS)).isFalse();
        assertThat(metrics.value(Metric.WAL_SYNCS)).isZero();
        assertThat(metrics.values()).containsOnlyKeys(Metric.WAL_BYTES);
        assertThat(metrics.engine()).containsExactly(Map.entry("of_its_own", 7L));
        assertThatThrownBy(() -> metrics.engine().clear())
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void metricKeysAreDistinctAndInSnakeCase() {
        Set<Metric> all = EnumSet.allOf(Metric.class);
        assertThat(all).extracting(Metric::key).doesNotHaveDuplicates();
        assertThat(all).allSatisfy(metric -> assertThat(metric.key()).matches("[a-z]+(_[a-z]+)*"));
        assertThat(Metric.WAL_BYTES.key()).isEqualTo("wal_bytes");
        assertThat(Metric.WAL_BYTES.kind()).isEqualTo(Metric.Kind.COUNTER);
        assertThat(Metric.IN_FLIGHT_BYTES.kind()).isEqualTo(Metric.Kind.GAUGE);
    }

    @Test
    void everyFailureRepeatsItselfWithItsKindAndMessage() {
        List<StoreException> failures =
                List.of(
                        new StoreException.Invalid("m"),
                        new StoreException.Busy("m"),
                        new StoreException.Closed("m"),
                        new StoreException.Full("m", null),
                        new StoreException.Failed("m", Outcome.UNKNOWN, null),
                        new StoreException.Corrupt("m", null),
                        new StoreException.Fenced("m", Outcome.UNKNOWN),
                        new StoreException.Internal("m", Outcome.UNKNOWN, null));
        assertThat(failures).hasSize(StoreException.class.getPermittedSubclasses().length);
        for (StoreException failure : failures) {
            StoreException again = failure.again(Outcome.NOT_APPLIED);
            assertThat(again).isNotSameAs(failure).hasSameClassAs(failure).hasMessage("m");
            assertThat(again.outcome()).isEqualTo(Outcome.NOT_APPLIED);
        }
        assertThat(failures.get(4).again(Outcome.UNKNOWN).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(failures.get(4).again(Outcome.NOT_APPLIED)).hasCause(failures.get(4));
    }

    @ParameterizedTest
    @CsvSource({
        "splitbatches, split-batches",
        "split-batchse, split-batches",
        "splt-batches, split-batches",
        "memmory, memory",
        "blok-cache, block-cache",
        "block-cache, block-cache"
    })
    void theNearestNameIsTheOneWithFewestSlips(String typed, String expected) {
        List<String> known = List.of("split-batches", "memory", "block-cache", "block-size");
        assertThat(NearestName.of(typed, known)).isEqualTo(expected);
        assertThat(NearestName.hint(typed, known)).contains("'" + expected + "'");
    }

    @Test
    void aNameLikeNoneIsAnsweredWithAll() {
        List<String> known = List.of("rocksdb", "model");
        assertThat(NearestName.of("zzzzzzzzz", known)).isNull();
        assertThat(NearestName.hint("zzzzzzzzz", known)).isEqualTo("known are: model, rocksdb");
        assertThat(NearestName.hint("x", List.of())).isEqualTo("there are none");
        assertThat(NearestName.of("", List.of("ab"))).isNull();
    }

    @Test
    void aBatchTrimsOnlyWhereItDoesNothingElse() {
        StubBatch batch = new StubBatch();
        assertThat(batch.isTrimOnly()).isFalse();
        batch.trim(StubBatch.SPACE, 1, 1);
        batch.trim(StubBatch.SPACE, 2, 1);
        assertThat(batch.isTrimOnly()).isTrue();
        batch.attribute(StubBatch.SPACE, 1, 1, MemorySegment.NULL);
        assertThat(batch.isTrimOnly()).isFalse();
        batch.clear();
        assertThat(batch.isTrimOnly()).isFalse();
    }
}
