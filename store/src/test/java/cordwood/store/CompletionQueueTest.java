package cordwood.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CompletionQueueTest {

    private final CompletionQueue queue = new CompletionQueue();

    private Commit offered() {
        Commit commit = new Commit(null, null, Durability.WRITTEN, 0, 0);
        queue.offer(commit);
        return commit;
    }

    @Test
    void commitsComeInOrderAndOneThatIsKeptKeepsNoLaterOne() {
        Commit first = offered();
        Commit second = offered();

        assertThat(queue.poll()).isSameAs(first);
        assertThat(queue.poll()).isSameAs(second);
        assertThat(first.nextAcquire()).isNull();
        assertThat(queue.poll()).isNull();

        Commit third = offered();
        assertThat(queue.poll()).isSameAs(third);
        assertThat(second.nextAcquire()).isNull();
    }
}
