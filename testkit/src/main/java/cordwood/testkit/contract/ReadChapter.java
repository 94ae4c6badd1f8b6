package cordwood.testkit.contract;

import static cordwood.testkit.StoreUnderTest.OTHER_SPACE;
import static cordwood.testkit.StoreUnderTest.SPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.Order;
import cordwood.store.StoreException;
import cordwood.testkit.Bytes;
import cordwood.testkit.Seed;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Records go in and come out, in order, between two inclusive ends. */
interface ReadChapter extends ContractChapter {

    @Test
    default void readGivesBackWhatWasPut() {
        MemorySegment random = Bytes.random(1, 10_000);
        subject()
                .write(batch -> {
                    batch.put(SPACE, 1, 1, random);
                    batch.put(SPACE, 1, 2, Bytes.of("head,"), Bytes.of("body"));
                    batch.put(SPACE, 1, 3, Bytes.offHeap("off the "), Bytes.of("heap"));
                    batch.put(SPACE, 1, 4, Bytes.of("only a head"), Bytes.of(""));
                });
        try (Cursor cursor = subject().store().read(SPACE, 1, 1, 4, Order.FORWARD)) {
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.position()).isEqualTo(1);
            assertThat(cursor.value().mismatch(random)).isEqualTo(-1);
            assertThat(cursor.next()).isTrue();
            assertThat(Bytes.text(cursor.value())).isEqualTo("head,body");
            assertThat(cursor.next()).isTrue();
            assertThat(Bytes.text(cursor.value())).isEqualTo("off the heap");
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.position()).isEqualTo(4);
            assertThat(Bytes.text(cursor.value())).isEqualTo("only a head");
            assertThat(cursor.next()).isFalse();
        }
    }

    @Test
    default void emptyValueIsARecord() {
        subject().put(1, 5, "");
        try (Cursor cursor = subject().store().read(SPACE, 1, 0, 9, Order.BACKWARD)) {
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.position()).isEqualTo(5);
            assertThat(cursor.value().byteSize()).isZero();
        }
    }

    @Test
    default void bothEndsAreInclusiveInBothDirections() {
        subject().putEach(1, 10, 20, 30, 40, 50);
        assertThat(subject().positions(1, 20, 40, Order.FORWARD)).containsExactly(20L, 30L, 40L);
        assertThat(subject().positions(1, 20, 40, Order.BACKWARD)).containsExactly(40L, 30L, 20L);
        assertThat(subject().positions(1, 30, 30, Order.FORWARD)).containsExactly(30L);
        assertThat(subject().positions(1, 30, 30, Order.BACKWARD)).containsExactly(30L);
        assertThat(subject().positions(1, 11, 29, Order.FORWARD)).containsExactly(20L);
        assertThat(subject().positions(1, 11, 29, Order.BACKWARD)).containsExactly(20L);
    }

    @ParameterizedTest
    @EnumSource
    default void emptyRangeIsAnEmptyWalk(Order order) {
        subject().putEach(1, 10, 20);
        assertThat(subject().positions(1, 11, 19, order)).isEmpty();
        assertThat(subject().positions(1, 21, Long.MAX_VALUE, order)).isEmpty();
        assertThat(subject().positions(1, Long.MIN_VALUE, 9, order)).isEmpty();
        assertThat(subject().positions(1, 20, 10, order)).as("ends swapped").isEmpty();
        assertThat(subject().positions(1, Long.MAX_VALUE, Long.MIN_VALUE, order)).isEmpty();
        assertThat(subject().positions(2, 10, 20, order)).as("unknown stream").isEmpty();
    }

    @Test
    default void positionsAreInSignedOrder() {
        subject()
                .putEach(
                        1, 1, Long.MAX_VALUE, -1, 0, Long.MIN_VALUE, -256, 256, 255, -255, 1 << 31);
        List<Long> rising =
                List.of(
                        Long.MIN_VALUE,
                        -256L,
                        -255L,
                        -1L,
                        0L,
                        1L,
                        255L,
                        256L,
                        (long) (1 << 31),
                        Long.MAX_VALUE);
        List<Long> sorted = rising.stream().sorted().toList();
        assertThat(subject().positions(1)).isEqualTo(sorted);
        assertThat(subject().positions(1, Long.MIN_VALUE, Long.MAX_VALUE, Order.BACKWARD))
                .isEqualTo(sorted.reversed());
        assertThat(subject().positions(1, -255, 255, Order.FORWARD))
                .containsExactly(-255L, -1L, 0L, 1L, 255L);
        assertThat(subject().positions(1, Long.MIN_VALUE, Long.MIN_VALUE, Order.FORWARD))
                .containsExactly(Long.MIN_VALUE);
        assertThat(subject().positions(1, Long.MAX_VALUE, Long.MAX_VALUE, Order.BACKWARD))
                .containsExactly(Long.MAX_VALUE);
    }

    @Test
    default void aStreamHasAnyNumberAndMeetsNoOther() {
        long[] streams = {
            Long.MIN_VALUE, Long.MIN_VALUE + 1, -256, -1, 0, 1, 255, 256, Long.MAX_VALUE
        };
        for (long stream : streams) {
            subject()
                    .write(batch -> {
                        batch.put(SPACE, stream, Long.MIN_VALUE, Bytes.of("first " + stream));
                        batch.put(SPACE, stream, Long.MAX_VALUE, Bytes.of("last " + stream));
                    });
        }
        for (long stream : streams) {
            assertThat(subject().texts(stream))
                    .containsExactly("first " + stream, "last " + stream);
        }
        assertThat(subject().texts(2)).isEmpty();
    }

    @Test
    default void twoSpacesDoNotMeet() {
        subject()
                .write(batch -> {
                    batch.put(SPACE, 1, 1, Bytes.of("here"));
                    batch.put(OTHER_SPACE, 1, 1, Bytes.of("there"));
                    batch.put(OTHER_SPACE, 1, 2, Bytes.of("only there"));
                });
        assertThat(subject().texts(SPACE, 1)).containsExactly("here");
        assertThat(subject().texts(OTHER_SPACE, 1)).containsExactly("there", "only there");
        assertThat(subject().store().bounds(SPACE, 1).last()).isEqualTo(1);
    }

    @Test
    default void laterPutAtTheSamePositionWins() {
        subject().put(1, 1, "first");
        subject().put(1, 1, "second");
        assertThat(subject().texts(1)).containsExactly("second");
        subject()
                .write(batch -> {
                    batch.put(SPACE, 1, 1, Bytes.of("third"));
                    batch.put(SPACE, 1, 2, Bytes.of("neighbour"));
                    batch.put(SPACE, 1, 1, Bytes.of("fourth, and longer than the others"));
                });
        assertThat(subject().texts(1))
                .containsExactly("fourth, and longer than the others", "neighbour");
    }

    @ParameterizedTest
    @EnumSource
    default void whatWasAcknowledgedIsSeenByLaterReads(Durability level) {
        for (int i = 0; i < 20; i++) {
            String text = "text " + i;
            int position = i;
            subject().write(level, batch -> batch.put(SPACE, 1, position, Bytes.of(text)));
            assertThat(subject().texts(1)).hasSize(i + 1).endsWith(text);
            assertThat(subject().store().bounds(SPACE, 1).last()).isEqualTo(i);
        }
    }

    @ParameterizedTest
    @EnumSource
    default void nextStaysFalseAtTheEnd(Order order) {
        subject().putEach(1, 1, 2);
        try (Cursor cursor = subject().store().read(SPACE, 1, 0, 2, order)) {
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.next()).isFalse();
            subject().putEach(1, 0);
            assertThat(cursor.next()).isFalse();
            assertThat(cursor.next()).isFalse();
        }
    }

    @Test
    default void askingForARecordWhereThereIsNoneIsRefused() {
        subject().putEach(1, 1);
        try (Cursor cursor = subject().store().read(SPACE, 1, 1, 1, Order.FORWARD)) {
            assertThatThrownBy(cursor::position).isInstanceOf(StoreException.Invalid.class);
            assertThatThrownBy(cursor::value).isInstanceOf(StoreException.Invalid.class);
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.next()).isFalse();
            assertThatThrownBy(cursor::position).isInstanceOf(StoreException.Invalid.class);
            assertThatThrownBy(cursor::value).isInstanceOf(StoreException.Invalid.class);
        }
    }

    @Test
    default void valueIsReadOnlyAndHoldsUntilTheNextCall() {
        subject().putEach(1, 1, 2);
        try (Cursor cursor = subject().store().read(SPACE, 1, 1, 2, Order.FORWARD)) {
            cursor.next();
            MemorySegment value = cursor.value();
            assertThat(value.isReadOnly()).isTrue();
            assertThatThrownBy(() -> value.set(ValueLayout.JAVA_BYTE, 0, (byte) 'x'))
                    .isInstanceOf(IllegalArgumentException.class);
            subject().put(1, 1, "overwritten meanwhile");
            subject().trim(1, 1);
            assertThat(Bytes.text(value)).isEqualTo("1");
            assertThat(Bytes.text(cursor.value())).isEqualTo("1");
            assertThat(cursor.position()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    default void anOpenCursorSeesAllThatWasThereAndNothingTwice(Order order) {
        NavigableSet<Long> before = new java.util.TreeSet<>();
        for (long position = 0; position < 400; position += 2) {
            before.add(position);
        }
        subject().putEach(1, before.stream().mapToLong(Long::longValue).toArray());
        List<Long> seen = new ArrayList<>();
        try (Cursor cursor = subject().store().read(SPACE, 1, 0, 10_000, order)) {
            while (cursor.next()) {
                seen.add(cursor.position());
                if (seen.size() % 50 == 1) {
                    subject().putEach(1, seen.size() * 2L + 1, 500 + seen.size());
                }
            }
        }
        assertThat(seen).containsAll(before).doesNotHaveDuplicates();
        List<Long> sorted = seen.stream().sorted().toList();
        assertThat(seen).isEqualTo(order == Order.FORWARD ? sorted : sorted.reversed());
    }

    @Test
    default void anyRangeOfAShuffledStreamIsInOrder(Seed seed) {
        SplittableRandom random = seed.random();
        NavigableMap<Long, String> expected = new TreeMap<>();
        for (int batches = 0; batches < 40; batches++) {
            subject()
                    .write(batch -> {
                        for (int i = 0; i < 50; i++) {
                            long position = random.nextLong(-3_000, 3_000);
                            String text = position + "#" + random.nextInt();
                            batch.put(SPACE, 1, position, Bytes.of(text));
                            expected.put(position, text);
                        }
                    });
        }
        assertThat(subject().texts(1)).containsExactlyElementsOf(expected.values());
        for (int i = 0; i < 200; i++) {
            long from = random.nextLong(-3_100, 3_100);
            long to = random.nextLong(from, 3_100);
            List<Long> rising = List.copyOf(expected.subMap(from, true, to, true).keySet());
            assertThat(subject().positions(1, from, to, Order.FORWARD)).isEqualTo(rising);
            assertThat(subject().positions(1, from, to, Order.BACKWARD))
                    .isEqualTo(rising.reversed());
        }
    }
}
