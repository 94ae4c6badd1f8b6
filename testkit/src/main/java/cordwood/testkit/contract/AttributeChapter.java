package cordwood.testkit.contract;

import static cordwood.testkit.StoreUnderTest.OTHER_SPACE;
import static cordwood.testkit.StoreUnderTest.SPACE;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.store.StoreException;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Small facts about a stream, beside its records. */
interface AttributeChapter extends ContractChapter {

    private MemorySegment attribute(long stream, int id) {
        return requireNonNull(
                subject().store().attribute(SPACE, stream, id), "the attribute is not set");
    }

    @Test
    default void attributeNeverSetIsNull() {
        assertThat(subject().store().attribute(SPACE, 1, 0)).isNull();
        subject().putEach(1, 1);
        subject().write(batch -> batch.attribute(SPACE, 1, 3, Bytes.of("three")));
        assertThat(subject().store().attribute(SPACE, 1, 2)).isNull();
        assertThat(subject().store().attribute(SPACE, 1, 4)).isNull();
        assertThat(subject().store().attribute(SPACE, 2, 3)).isNull();
        assertThat(subject().store().attribute(OTHER_SPACE, 1, 3)).isNull();
    }

    @Test
    default void laterValueOfAnAttributeWins() {
        subject().write(batch -> batch.attribute(SPACE, 1, 0, Bytes.of("first")));
        subject()
                .write(batch -> {
                    batch.attribute(SPACE, 1, 0, Bytes.of("second"));
                    batch.attribute(SPACE, 1, WriteBatch.ATTRIBUTE_ID_MAX, Bytes.of("top"));
                    batch.attribute(SPACE, 1, 0, Bytes.offHeap("third"));
                });
        assertThat(Bytes.text(attribute(1, 0))).isEqualTo("third");
        assertThat(Bytes.text(attribute(1, WriteBatch.ATTRIBUTE_ID_MAX))).isEqualTo("top");
    }

    @Test
    default void emptyAttributeIsSet() {
        subject().write(batch -> batch.attribute(SPACE, 1, 9, Bytes.of("")));
        assertThat(attribute(1, 9).byteSize()).isZero();
    }

    @Test
    default void attributesAreNotRecords() {
        subject().write(batch -> batch.attribute(SPACE, 1, 1, Bytes.of("fact")));
        assertThat(subject().positions(1)).isEmpty();
        assertThat(subject().store().bounds(SPACE, 1).isEmpty()).isTrue();
        subject().putEach(1, 1);
        assertThat(Bytes.text(attribute(1, 1))).isEqualTo("fact");
        assertThat(subject().texts(1)).containsExactly("1");
    }

    @Test
    default void attributesOfNeighboursDoNotMeet() {
        long[] streams = {Long.MIN_VALUE, -1, 0, 1, Long.MAX_VALUE};
        for (long stream : streams) {
            subject().write(batch -> batch.attribute(SPACE, stream, 5, Bytes.of("of " + stream)));
        }
        for (long stream : streams) {
            assertThat(Bytes.text(attribute(stream, 5))).isEqualTo("of " + stream);
        }
    }

    @Test
    default void attributeIsACopyOnTheHeapThatTheCallerOwns() {
        subject().write(batch -> batch.attribute(SPACE, 1, 1, Bytes.of("mine")));
        MemorySegment copy = attribute(1, 1);
        assertThat(copy.isNative()).isFalse();
        copy.set(ValueLayout.JAVA_BYTE, 0, (byte) 'X');
        assertThat(Bytes.text(attribute(1, 1))).isEqualTo("mine");
        subject().write(batch -> batch.attribute(SPACE, 1, 1, Bytes.of("new")));
        assertThat(Bytes.text(copy)).isEqualTo("Xine");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 255, 256, Integer.MAX_VALUE, Integer.MIN_VALUE})
    default void attributeIdOutOfRangeIsRefused(int id) {
        try (WriteBatch batch = subject().store().newBatch()) {
            assertThatThrownBy(() -> batch.attribute(SPACE, 1, id, Bytes.of("x")))
                    .isInstanceOf(StoreException.Invalid.class);
            assertThat(batch.operationCount()).isZero();
        }
        assertThatThrownBy(() -> subject().store().attribute(SPACE, 1, id))
                .isInstanceOf(StoreException.Invalid.class);
    }
}
