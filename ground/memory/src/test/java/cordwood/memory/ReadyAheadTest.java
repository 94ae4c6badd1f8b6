package cordwood.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ReadyAheadTest {

    private static final long CHUNK_BYTES = 1 << 20;
    private static final int GRANULES = Chunk.granulesIn(CHUNK_BYTES);
    private static final long CAP_BYTES = 64 * CHUNK_BYTES;

    private final AtomicLong nowNanos = new AtomicLong(-1_000_000);
    private final ReadyAhead ahead = new ReadyAhead(CAP_BYTES, CHUNK_BYTES, nowNanos::get);

    @Test
    void chunkIsWantedOnceSomebodyTookGranulesAndFewAreLeft() {
        assertThat(ahead.wants(1, CAP_BYTES)).isFalse();
        ahead.taken();
        assertThat(ahead.wants(1, CAP_BYTES)).isTrue();
        assertThat(ahead.wants(GRANULES, CAP_BYTES)).isFalse();
    }

    @Test
    void nothingIsMadeAheadForThoseWhoHaveTakenNothingLately() {
        ahead.taken();
        pass(2);
        assertThat(ahead.wants(1, CAP_BYTES)).isTrue();
        pass(2);
        assertThat(ahead.wants(1, CAP_BYTES)).isFalse();
        ahead.taken();
        assertThat(ahead.wants(1, CAP_BYTES)).isTrue();
    }

    /** Or it would be made and closed for ever. */
    @Test
    void chunkThatIsWantedIsNotToGoOnceItIsThere() {
        ahead.taken();
        for (int second = 0; second < 10; second++) {
            for (int free = 0; free <= 5 * GRANULES; free++) {
                boolean wanted = ahead.wants(free, CAP_BYTES);
                assertThat(wanted && ahead.isPlenty(free))
                        .as("%d free after %d s", free, second)
                        .isFalse();
            }
            if (second % 2 == 0) {
                ahead.waited(1, true);
            }
            pass(1);
        }
    }

    private void pass(int seconds) {
        nowNanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }
}
