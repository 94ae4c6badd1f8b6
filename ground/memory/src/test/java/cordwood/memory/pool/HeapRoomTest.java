package cordwood.memory.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A full heap is tried once in a moment, and once more when everybody was asked. */
final class HeapRoomTest {

    private long nowNanos = Long.MAX_VALUE - HeapRoom.MOMENT_NANOS / 2; // It wraps around soon.
    private final HeapRoom heap = new HeapRoom(() -> nowNanos);

    @Test
    void heapThatWasNeverFullIsAlwaysTried() {
        heap.everybodyWasAsked();
        for (int i = 0; i < 3; i++) {
            assertThat(heap.isWorthATry()).isTrue();
            heap.hasRoom();
        }
    }

    @Test
    void fullHeapIsTriedByOneInAMoment() {
        heap.wasFull();
        for (int moment = 0; moment < 4; moment++) {
            assertThat(heap.isWorthATry()).isFalse();
            nowNanos += HeapRoom.MOMENT_NANOS - 1;
            assertThat(heap.isWorthATry()).isFalse();
            nowNanos++;
            assertThat(heap.isWorthATry()).isTrue();
            assertThat(heap.isWorthATry()).as("while the first still tries").isFalse();
            heap.wasFull();
        }
        nowNanos += HeapRoom.MOMENT_NANOS;
        assertThat(heap.isWorthATry()).isTrue();
        heap.hasRoom();
        assertThat(heap.isWorthATry()).isTrue();
        assertThat(heap.isWorthATry()).isTrue();
    }

    @Test
    void fullHeapIsTriedAgainAtOnceWhenSomebodyGaveBackWhatTakesRoom() {
        heap.wasFull();
        assertThat(heap.isWorthATry()).isFalse();
        heap.hasRoom();
        assertThat(heap.isWorthATry()).isTrue();
        heap.wasFull();
        assertThat(heap.isWorthATry()).isFalse();
    }

    @Test
    void fullHeapIsTriedOnceMoreWhenEverybodyWasAsked() {
        for (int moment = 0; moment < 4; moment++) {
            heap.wasFull();
            for (int asked = 0; asked < 3; asked++) {
                heap.everybodyWasAsked();
                assertThat(heap.isWorthATry()).isEqualTo(asked == 0);
                heap.wasFull();
            }
            nowNanos += HeapRoom.MOMENT_NANOS;
            assertThat(heap.isWorthATry()).isTrue();
        }
    }
}
