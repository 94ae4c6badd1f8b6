package cordwood.testkit.contract;

import static cordwood.testkit.StoreUnderTest.OTHER_SPACE;
import static cordwood.testkit.StoreUnderTest.SPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.store.Commit;
import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.Order;
import cordwood.store.StoreException;
import cordwood.store.StreamBounds;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bounds, and what a trim does to them and to records. */
interface TrimChapter extends ContractChapter {

    private StreamBounds bounds(long stream) {
        return subject().store().bounds(SPACE, stream);
    }

    @Test
    default void boundsAreFirstAndLastVisiblePosition() {
        assertThat(bounds(1)).isEqualTo(StreamBounds.empty(StreamBounds.NEVER_TRIMMED));
        assertThat(bounds(1).isEmpty()).isTrue();
        subject().putEach(1, -5, 3);
        assertThat(bounds(1)).isEqualTo(new StreamBounds(-5, 3, StreamBounds.NEVER_TRIMMED));
        subject().putEach(1, Long.MAX_VALUE, Long.MIN_VALUE);
        assertThat(bounds(1))
                .isEqualTo(
                        new StreamBounds(
                                Long.MIN_VALUE, Long.MAX_VALUE, StreamBounds.NEVER_TRIMMED));
        assertThat(bounds(2).isEmpty()).isTrue();
    }

    @Test
    default void trimHidesUpToAndIncludingItsPosition() {
        subject().putEach(1, 1, 2, 3, 4);
        subject().trim(1, 2);
        assertThat(subject().positions(1)).containsExactly(3L, 4L);
        assertThat(subject().positions(1, 1, 3, Order.FORWARD)).containsExactly(3L);
        assertThat(subject().positions(1, 1, 3, Order.BACKWARD)).containsExactly(3L);
        assertThat(subject().positions(1, 1, 2, Order.FORWARD)).isEmpty();
        assertThat(subject().positions(1, 1, 2, Order.BACKWARD)).isEmpty();
        assertThat(bounds(1)).isEqualTo(new StreamBounds(3, 4, 2));
    }

    @Test
    default void trimOfEverythingLeavesTheTrimPoint() {
        subject().putEach(1, 1, 2);
        subject().trim(1, 100);
        assertThat(subject().positions(1)).isEmpty();
        assertThat(bounds(1)).isEqualTo(StreamBounds.empty(100));
        subject().putEach(1, 100, 101);
        assertThat(subject().positions(1)).containsExactly(101L);
        assertThat(bounds(1)).isEqualTo(new StreamBounds(101, 101, 100));
    }

    @Test
    default void trimOfAnUnknownStreamHolds() {
        subject().trim(1, -7);
        assertThat(bounds(1)).isEqualTo(StreamBounds.empty(-7));
        subject().putEach(1, -8, -7, -6);
        assertThat(subject().positions(1)).containsExactly(-6L);
    }

    @Test
    default void putAtOrBelowTheTrimPointIsDropped() {
        subject().putEach(1, 1, 5, 9);
        subject().trim(1, 5);
        subject().putEach(1, 1, 4, 5, 6, Long.MIN_VALUE);
        assertThat(subject().positions(1)).containsExactly(6L, 9L);
        assertThat(bounds(1)).isEqualTo(new StreamBounds(6, 9, 5));
    }

    @Test
    default void putsAndTrimsOfOneBatchApplyInOrder() {
        subject()
                .write(batch -> {
                    batch.put(SPACE, 1, 1, Bytes.of("before, at"));
                    batch.put(SPACE, 1, 2, Bytes.of("before, above"));
                    batch.trim(SPACE, 1, 1);
                    batch.put(SPACE, 1, 1, Bytes.of("after, at"));
                    batch.put(SPACE, 1, 0, Bytes.of("after, below"));
                    batch.put(SPACE, 1, 3, Bytes.of("after, above"));
                    batch.put(SPACE, 2, 1, Bytes.of("another stream"));
                });
        assertThat(subject().texts(1)).containsExactly("before, above", "after, above");
        assertThat(subject().texts(2)).containsExactly("another stream");
        assertThat(bounds(1)).isEqualTo(new StreamBounds(2, 3, 1));
    }

    @Test
    default void severalTrimsOfOneBatchKeepTheHighest() {
        subject().putEach(1, 1, 2, 3, 4, 5);
        subject()
                .write(batch -> {
                    batch.trim(SPACE, 1, 2);
                    batch.trim(SPACE, 1, 4);
                    batch.trim(SPACE, 1, 3);
                    batch.put(SPACE, 1, 4, Bytes.of("dropped"));
                });
        assertThat(subject().positions(1)).containsExactly(5L);
        assertThat(bounds(1)).isEqualTo(new StreamBounds(5, 5, 4));
    }

    @Test
    default void trimPointNeverMovesBack() {
        subject().putEach(1, 1, 2, 3, 4, 5);
        subject().trim(1, 3);
        subject().trim(1, 1);
        subject().trim(1, Long.MIN_VALUE + 1);
        assertThat(bounds(1)).isEqualTo(new StreamBounds(4, 5, 3));
        subject().putEach(1, 2, 3);
        assertThat(subject().positions(1)).containsExactly(4L, 5L);
    }

    @Test
    default void trimAcrossTheSignOfPositions() {
        subject().putEach(1, Long.MIN_VALUE, -2, -1, 0, 1, Long.MAX_VALUE);
        subject().trim(1, Long.MIN_VALUE + 1);
        assertThat(subject().positions(1)).containsExactly(-2L, -1L, 0L, 1L, Long.MAX_VALUE);
        subject().trim(1, -1);
        assertThat(subject().positions(1)).containsExactly(0L, 1L, Long.MAX_VALUE);
        assertThat(bounds(1).trimmedTo()).isEqualTo(-1);
        subject().trim(1, 0);
        assertThat(subject().positions(1)).containsExactly(1L, Long.MAX_VALUE);
    }

    @Test
    default void trimToTheHighestPositionEndsTheStream() {
        subject().putEach(1, 1, Long.MAX_VALUE);
        subject().trim(1, Long.MAX_VALUE);
        subject().putEach(1, 2, Long.MAX_VALUE);
        assertThat(subject().positions(1)).isEmpty();
        assertThat(subject().positions(1, Long.MAX_VALUE, Long.MAX_VALUE, Order.BACKWARD))
                .isEmpty();
        assertThat(bounds(1)).isEqualTo(StreamBounds.empty(Long.MAX_VALUE));
    }

    @Test
    default void trimToTheMarkOfNeverTrimmedIsRefused() {
        try (WriteBatch batch = subject().store().newBatch()) {
            assertThatThrownBy(() -> batch.trim(SPACE, 1, StreamBounds.NEVER_TRIMMED))
                    .isInstanceOf(StoreException.Invalid.class);
            assertThat(batch.operationCount()).isZero();
            assertThat(batch.hasTrims()).isFalse();
        }
    }

    @Test
    default void trimTouchesOnlyItsStream() {
        long[] streams = {Long.MIN_VALUE, -1, 0, 1, Long.MAX_VALUE};
        for (long stream : streams) {
            subject().putEach(stream, Long.MIN_VALUE, 0, 5, Long.MAX_VALUE);
        }
        subject().write(batch -> batch.put(OTHER_SPACE, 0, 5, Bytes.of("stays")));
        subject().write(batch -> batch.attribute(SPACE, 0, 1, Bytes.of("stays too")));
        subject().trim(0, Long.MAX_VALUE);
        for (long stream : streams) {
            assertThat(subject().positions(stream)).hasSize(stream == 0 ? 0 : 4);
        }
        assertThat(subject().texts(OTHER_SPACE, 0)).containsExactly("stays");
        assertThat(subject().store().attribute(SPACE, 0, 1)).isNotNull();
    }

    @ParameterizedTest
    @EnumSource
    default void trimIsDurableBeforeItCompletesAtAnyLevel(Durability level) {
        subject().putEach(1, 1, 2);
        Commit commit = subject().write(level, batch -> batch.trim(SPACE, 1, 1));
        assertThat(subject().store().watermark(Durability.DURABLE))
                .isGreaterThanOrEqualTo(commit.sequence());
    }

    @ParameterizedTest
    @EnumSource
    default void anOpenCursorGoesOnBehindATrim(Order order) {
        long[] positions = new long[100];
        for (int i = 0; i < positions.length; i++) {
            positions[i] = i;
        }
        subject().putEach(1, positions);
        List<Long> seen = new ArrayList<>();
        try (Cursor cursor = subject().store().read(SPACE, 1, 0, 99, order)) {
            for (int i = 0; i < 10; i++) {
                assertThat(cursor.next()).isTrue();
                seen.add(cursor.position());
            }
            subject().trim(1, 49);
            while (cursor.next()) {
                seen.add(cursor.position());
            }
        }
        List<Long> sorted = seen.stream().sorted().toList();
        assertThat(seen).isEqualTo(order == Order.FORWARD ? sorted : sorted.reversed());
        for (long position = 50; position < 100; position++) {
            assertThat(seen).as("what was not trimmed must be seen").contains(position);
        }
    }
}
