package cordwood.testkit.contract;

import static cordwood.testkit.StoreUnderTest.OTHER_SPACE;
import static cordwood.testkit.StoreUnderTest.SPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.store.Commit;
import cordwood.store.Durability;
import cordwood.store.Metric;
import cordwood.store.Order;
import cordwood.store.StoreException;
import cordwood.store.StoreMetrics;
import cordwood.store.StreamBounds;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is left of the contract for an engine that is a floor: it takes batches and keeps none. */
public abstract class WriteOnlyStoreContract extends ContractFixture implements ProviderChapter {

    /** For engines' tests. */
    protected WriteOnlyStoreContract() {}

    @ParameterizedTest
    @EnumSource
    final void batchesAreAcknowledgedInSequence(Durability level) {
        for (int i = 1; i <= 20; i++) {
            Commit commit =
                    subject()
                            .write(
                                    level,
                                    batch -> {
                                        batch.put(SPACE, 1, 1, Bytes.of("record"));
                                        batch.trim(SPACE, 1, 0);
                                        batch.attribute(SPACE, 1, 1, Bytes.of("fact"));
                                    });
            assertThat(commit.sequence()).isEqualTo(i);
            assertThat(subject().store().watermark(Durability.DURABLE)).isEqualTo(i);
        }
        StoreMetrics metrics = subject().store().metrics();
        assertThat(metrics.value(Metric.COMMIT_RECORDS)).isEqualTo(20);
        assertThat(metrics.value(Metric.COMMIT_BATCHES)).isEqualTo(20);
        assertThat(metrics.value(Metric.COMMIT_VALUE_BYTES)).isEqualTo(200);
    }

    @Test
    final void aStreamThatWasNeverWrittenIsEmpty() {
        subject().putEach(1, 1, 2);
        StreamStore store = subject().store();
        assertThat(subject().positions(2)).isEmpty();
        assertThat(store.bounds(SPACE, 2))
                .isEqualTo(StreamBounds.empty(StreamBounds.NEVER_TRIMMED));
        assertThat(store.attribute(SPACE, 2, 1)).isNull();
        assertThat(subject().texts(OTHER_SPACE, 1)).isEmpty();
        assertThat(subject().streams(OTHER_SPACE)).isEmpty();
        assertThatThrownBy(() -> store.attribute(SPACE, 2, 255))
                .isInstanceOf(StoreException.Invalid.class);
    }

    @Test
    final void aBatchIsTheStoresOwnAndAppendedOnce() {
        StreamStore store = subject().store();
        try (StreamStore other = open(directory().resolveSibling("another store"));
                WriteBatch foreign = other.newBatch();
                WriteBatch batch = store.newBatch()) {
            foreign.put(SPACE, 1, 1, Bytes.of("x"));
            assertThatThrownBy(() -> store.append(foreign, Durability.WRITTEN))
                    .isInstanceOf(StoreException.Invalid.class);
            assertThatThrownBy(() -> store.append(batch, Durability.WRITTEN))
                    .isInstanceOf(StoreException.Invalid.class);
            batch.put(SPACE, 1, 1, Bytes.of("x"));
            store.append(batch, Durability.WRITTEN).await();
            assertThatThrownBy(() -> store.append(batch, Durability.WRITTEN))
                    .isInstanceOf(StoreException.Invalid.class);
        }
    }

    @Test
    final void everyMethodIsRefusedAfterClose() {
        StreamStore store = subject().store();
        WriteBatch batch = subject().newBatch();
        batch.put(SPACE, 1, 1, Bytes.of("x"));
        var cursor = store.read(SPACE, 1, 1, 2, Order.FORWARD);
        var streams = store.streams(SPACE);
        store.close();
        store.close();
        List<Runnable> calls =
                List.of(
                        store::newBatch,
                        () -> store.append(batch, Durability.WRITTEN),
                        () -> store.tryAppend(batch, Durability.WRITTEN),
                        () -> store.read(SPACE, 1, 1, 2, Order.FORWARD),
                        () -> store.bounds(SPACE, 1),
                        () -> store.attribute(SPACE, 1, 1),
                        () -> store.streams(SPACE),
                        () -> store.watermark(Durability.WRITTEN),
                        store::metrics,
                        store::limits,
                        store::statistics,
                        cursor::next,
                        cursor::position,
                        cursor::value,
                        streams::next,
                        streams::stream);
        for (Runnable call : calls) {
            assertThatThrownBy(call::run).isInstanceOf(StoreException.Closed.class);
        }
    }
}
