package cordwood.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ByteShareTest {

    private final ByteShare share = new ByteShare("testers", 100);

    @Test
    void whatIsTakenIsBoundedAndComesBack() {
        share.take(60, 0);
        share.take(40, 0);
        assertThatThrownBy(() -> share.take(1, 0))
                .isInstanceOf(StoreException.Busy.class)
                .hasMessageContaining("testers hold 100 of 100 bytes");
        assertThat(share.usedBytes()).isEqualTo(100);
        share.give(40);
        share.take(40, 0);
        assertThat(share.usedBytes()).isEqualTo(100);
    }

    @Test
    void whoIsAloneIsServedWhateverTheSize() {
        share.take(1, 0);
        assertThatThrownBy(() -> share.take(1_000, 0)).isInstanceOf(StoreException.Busy.class);
        share.take(1_000, 1);
        assertThatThrownBy(() -> share.take(1, 0)).isInstanceOf(StoreException.Busy.class);
        share.take(Long.MAX_VALUE - 1_001, 1_001);
        assertThat(share.usedBytes()).isEqualTo(Long.MAX_VALUE);
    }
}
