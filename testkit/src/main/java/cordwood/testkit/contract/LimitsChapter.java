package cordwood.testkit.contract;

import static cordwood.testkit.StoreUnderTest.SPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.Order;
import cordwood.store.StoreException;
import cordwood.store.StoreLimits;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sizes at and over the limits. */
interface LimitsChapter extends ContractChapter {

    /** How many streams a batch full of trims is for, a divisor of its size. */
    int TRIMMED_STREAMS = 1_024;

    @Test
    default void everyLocalEngineHasTheSameLimits() {
        assertThat(subject().store().limits()).isEqualTo(StoreLimits.LOCAL);
    }

    @Test
    default void aValueUpToTheLimitIsKeptAndALargerOneRefused() {
        int bytesMax = subject().store().limits().recordBytesMax();
        MemorySegment tooLarge = Bytes.random(1, bytesMax + 1);
        MemorySegment largest = tooLarge.asSlice(0, bytesMax);
        try (WriteBatch batch = subject().store().newBatch()) {
            assertThatThrownBy(() -> batch.put(SPACE, 1, 1, tooLarge))
                    .isInstanceOf(StoreException.Invalid.class);
            assertThatThrownBy(() -> batch.put(SPACE, 1, 1, Bytes.of("x"), largest))
                    .isInstanceOf(StoreException.Invalid.class);
            assertThatThrownBy(() -> batch.attribute(SPACE, 1, 1, tooLarge))
                    .isInstanceOf(StoreException.Invalid.class);
            assertThat(batch.operationCount()).isZero();
            assertThat(batch.valueBytes()).isZero();
            batch.put(SPACE, 1, 1, Bytes.of("small"));
            batch.put(SPACE, 1, 2, largest);
            subject().store().append(batch, Durability.WRITTEN).await();
        }
        try (Cursor cursor = subject().store().read(SPACE, 1, 1, 2, Order.BACKWARD)) {
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.value().mismatch(largest)).isEqualTo(-1);
            assertThat(cursor.next()).isTrue();
            assertThat(Bytes.text(cursor.value())).isEqualTo("small");
        }
    }

    @Test
    default void aBatchUpToTheLimitIsAcceptedAndALargerOneRefused() {
        StoreLimits limits = subject().store().limits();
        int count = 8;
        MemorySegment part = Bytes.random(2, Math.toIntExact(limits.batchBytesMax() / count));
        try (WriteBatch batch = subject().store().newBatch()) {
            for (int i = 0; i < count; i++) {
                batch.put(SPACE, 1, i, part);
            }
            assertThatThrownBy(() -> batch.put(SPACE, 1, count, Bytes.of("x")))
                    .isInstanceOf(StoreException.Invalid.class);
            assertThatThrownBy(() -> batch.attribute(SPACE, 1, 1, Bytes.of("x")))
                    .isInstanceOf(StoreException.Invalid.class);
            batch.put(SPACE, 1, count + 1, Bytes.of(""));
            subject().store().append(batch, Durability.WRITTEN).await();
        }
        assertThat(subject().positions(1)).hasSize(count + 1).doesNotContain((long) count);
    }

    @Test
    default void aBatchHoldsNoMoreEntriesThanTheLimit() {
        int entriesMax = subject().store().limits().batchRecordsMax();
        MemorySegment value = Bytes.of("v");
        try (WriteBatch batch = subject().store().newBatch()) {
            for (int i = 0; i < entriesMax; i++) {
                batch.put(SPACE, 1, i, value);
            }
            assertThatThrownBy(() -> batch.put(SPACE, 1, entriesMax, value))
                    .isInstanceOf(StoreException.Invalid.class);
            assertThatThrownBy(() -> batch.trim(SPACE, 1, 1))
                    .isInstanceOf(StoreException.Invalid.class);
            assertThatThrownBy(() -> batch.attribute(SPACE, 1, 1, value))
                    .isInstanceOf(StoreException.Invalid.class);
            assertThat(batch.recordCount()).isEqualTo(entriesMax);
            subject().store().append(batch, Durability.WRITTEN).await();
        }
        assertThat(subject().store().bounds(SPACE, 1).last()).isEqualTo(entriesMax - 1);
        assertThat(subject().positions(1, 1_000, 1_002, Order.FORWARD))
                .containsExactly(1_000L, 1_001L, 1_002L);
    }

    @Test
    default void aValueLongerThanNumbersGoIsRefused() {
        MemorySegment endless = Bytes.endless();
        MemorySegment some = Bytes.of("some text");
        try (WriteBatch batch = subject().store().newBatch()) {
            batch.put(SPACE, 1, 1, some);
            for (Runnable entry :
                    List.<Runnable>of(
                            () -> batch.put(SPACE, 1, 2, endless),
                            () -> batch.put(SPACE, 1, 2, endless, some),
                            () -> batch.put(SPACE, 1, 2, some, endless),
                            () -> batch.put(SPACE, 1, 2, endless, endless),
                            () -> batch.attribute(SPACE, 1, 2, endless))) {
                assertThatThrownBy(entry::run).isInstanceOf(StoreException.Invalid.class);
            }
            assertThat(batch.operationCount()).isEqualTo(1);
            assertThat(batch.valueBytes()).isEqualTo(some.byteSize());
            batch.put(SPACE, 1, 3, some);
            subject().store().append(batch, Durability.WRITTEN).await();
        }
        assertThat(subject().positions(1)).containsExactly(1L, 3L);
    }

    @Test
    default void aBatchAtAllLimitsAtOnceIsAdmitted() {
        assumeTrue(Boolean.getBoolean("cordwood.long"), "it takes seconds to fill and to write");
        StoreLimits limits = subject().store().limits();
        int values = Math.toIntExact(limits.batchBytesMax() / limits.recordBytesMax());
        MemorySegment value = Bytes.random(3, limits.recordBytesMax());
        try (WriteBatch batch = subject().store().newBatch()) {
            for (int i = 0; i < values; i++) {
                batch.put(SPACE, -1, i, value);
            }
            for (int i = values; i < limits.batchRecordsMax(); i++) {
                batch.trim(SPACE, i % TRIMMED_STREAMS, i);
            }
            subject().store().append(batch, Durability.WRITTEN).await();
        }
        assertThat(subject().positions(-1)).hasSize(values);
        assertThat(subject().store().bounds(SPACE, TRIMMED_STREAMS - 1).trimmedTo())
                .isEqualTo(limits.batchRecordsMax() - 1);
    }
}
