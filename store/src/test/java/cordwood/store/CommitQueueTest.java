package cordwood.store;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The ring between appenders and the committing step. */
@Timeout(30)
final class CommitQueueTest {

    private static Commit commit() {
        return new Commit(null, null, Durability.WRITTEN, 1, 1);
    }

    @Test
    void commitsComeOutInSequenceFromOne() {
        CommitQueue queue = new CommitQueue(4);
        for (long sequence = 1; sequence <= 100; sequence++) {
            Commit commit = commit();
            assertThat(queue.offer(commit)).isEqualTo(sequence);
            assertThat(commit.sequence()).isEqualTo(sequence);
            assertThat(queue.peek()).isSameAs(commit);
            queue.remove();
            assertThat(queue.peek()).isNull();
        }
    }

    @Test
    void moreThanTheCapacityIsABug() {
        CommitQueue queue = new CommitQueue(2);
        queue.offer(commit());
        queue.offer(commit());
        assertThatThrownBy(() -> queue.offer(commit())).isInstanceOf(IllegalStateException.class);
        queue.remove();
        assertThat(queue.offer(commit())).isEqualTo(3);
        assertThatThrownBy(() -> new CommitQueue(3)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aSealedQueueRefusesAndStillHandsOut() {
        CommitQueue queue = new CommitQueue(4);
        queue.offer(commit());
        queue.seal();
        queue.seal();
        assertThat(queue.offer(commit())).isEqualTo(CommitQueue.SEALED);
        assertThat(queue.isAwaitingPublication()).as("one is left").isTrue();
        assertThat(requireNonNull(queue.peek()).sequence()).isEqualTo(1);
        queue.remove();
        assertThat(queue.isAwaitingPublication()).isFalse();
        assertThat(queue.peek()).isNull();
    }

    @Test
    void manyProducersLoseNothingAndTheSealIsExact() throws InterruptedException {
        int capacity = 1 << 16;
        CommitQueue queue = new CommitQueue(capacity);
        AtomicInteger accepted = new AtomicInteger();
        Thread[] producers = new Thread[4];
        for (int i = 0; i < producers.length; i++) {
            producers[i] =
                    Thread.ofPlatform()
                            .start(() -> {
                                while (accepted.get() < capacity - producers.length
                                        && queue.offer(commit()) != CommitQueue.SEALED) {
                                    accepted.incrementAndGet();
                                }
                            });
        }
        long taken = 0;
        boolean sealed = false;
        while (!sealed || queue.isAwaitingPublication()) {
            Commit next = queue.peek();
            if (next != null) {
                assertThat(next.sequence()).isEqualTo(++taken);
                queue.remove();
            }
            if (!sealed && taken > 10_000) {
                queue.seal();
                sealed = true;
            }
        }
        for (Thread producer : producers) {
            producer.join();
        }
        assertThat(taken).isEqualTo(accepted.get());
        assertThat(queue.peek()).isNull();
    }
}
