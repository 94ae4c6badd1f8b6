package cordwood.testkit.contract;

import static cordwood.testkit.StoreUnderTest.SPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.store.Durability;
import cordwood.store.Order;
import cordwood.store.StoreException;
import cordwood.store.StreamBounds;
import cordwood.testkit.Bytes;
import cordwood.testkit.StoreUnderTest;
import org.junit.jupiter.api.Test;

/** What was acknowledged is there again after close and open. */
interface ReopenChapter extends ContractChapter {

    @Test
    default void reopenKeepsEverythingAcknowledged() {
        for (int i = 0; i < 30; i++) {
            long position = i;
            Durability level = StoreUnderTest.level(i);
            subject()
                    .write(level, batch -> batch.put(SPACE, 1, position, Bytes.of("v" + position)));
        }
        subject().putEach(-9, Long.MIN_VALUE, -1, 0, Long.MAX_VALUE);
        for (int round = 0; round < 3; round++) {
            subject().reopen();
            assertThat(subject().texts(1)).hasSize(30).startsWith("v0", "v1").endsWith("v29");
            assertThat(subject().positions(1, 10, 12, Order.BACKWARD))
                    .containsExactly(12L, 11L, 10L);
            assertThat(subject().positions(-9))
                    .containsExactly(Long.MIN_VALUE, -1L, 0L, Long.MAX_VALUE);
            assertThat(subject().streams(SPACE)).containsExactlyInAnyOrder(1L, -9L);
        }
    }

    @Test
    default void reopenKeepsAttributesAndOverwrites() {
        subject().put(1, 1, "old");
        subject().write(batch -> batch.attribute(SPACE, 1, 1, Bytes.of("old")));
        subject().reopen();
        subject().put(1, 1, "new");
        subject().write(batch -> batch.attribute(SPACE, 1, 1, Bytes.of("new")));
        subject().reopen();
        assertThat(subject().texts(1)).containsExactly("new");
        assertThat(subject().store().attribute(SPACE, 1, 1))
                .satisfies(value -> assertThat(Bytes.text(value)).isEqualTo("new"));
    }

    @Test
    default void reopenKeepsTrims() {
        subject().putEach(1, 1, 2, 3, 4, 5);
        subject().write(Durability.BUFFERED, batch -> batch.trim(SPACE, 1, 3));
        subject().trim(2, 10);
        subject().reopen();
        assertThat(subject().store().bounds(SPACE, 1)).isEqualTo(new StreamBounds(4, 5, 3));
        assertThat(subject().store().bounds(SPACE, 2)).isEqualTo(StreamBounds.empty(10));
        subject().putEach(1, 2, 3, 6);
        subject().trim(1, 1);
        subject().putEach(2, 10, 11);
        subject().reopen();
        assertThat(subject().positions(1)).containsExactly(4L, 5L, 6L);
        assertThat(subject().positions(2)).containsExactly(11L);
        assertThat(subject().streams(SPACE)).containsExactlyInAnyOrder(1L, 2L);
    }

    @Test
    default void reopenOfAnEmptyStoreIsEmpty() {
        subject().reopen();
        subject().reopen();
        assertThat(subject().streams(SPACE)).isEmpty();
        assertThat(subject().store().watermark(Durability.BUFFERED)).isZero();
    }

    @Test
    default void aSecondOpenerIsRefusedAndTheFirstGoesOn() {
        subject().putEach(1, 1);
        assertThatThrownBy(() -> open(directory()))
                .isInstanceOf(StoreException.Busy.class)
                .hasMessageContaining("process");
        assertThatThrownBy(() -> open(directory())).isInstanceOf(StoreException.Busy.class);
        subject().putEach(1, 2);
        subject().reopen();
        assertThat(subject().positions(1)).containsExactly(1L, 2L);
    }
}
