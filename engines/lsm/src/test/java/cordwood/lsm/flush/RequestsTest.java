package cordwood.lsm.flush;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.store.StoreException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Who waits, and who is told what. */
final class RequestsTest {

    private final Requests requests = new Requests();

    @Test
    void requestWaitsForWhatWasThereWhenItWasCovered() {
        CompletableFuture<Void> early = requests.add();
        requests.cover(7);
        CompletableFuture<Void> late = requests.add();

        requests.complete(6);
        assertThat(early).isNotDone();
        requests.complete(7);

        assertThat(early).isCompleted();
        assertThat(late).isNotDone();
        assertThat(requests.isWanted()).isTrue();
    }

    @Test
    void requestThatComesAfterTheEndFailsAtOnce() {
        CompletableFuture<Void> waiting = requests.add();
        requests.end(new StoreException.Closed("closed"));

        assertThat(waiting).isCompletedExceptionally();
        assertThat(requests.add()).isCompletedExceptionally();
        assertThat(requests.isWanted()).isFalse();
    }
}
