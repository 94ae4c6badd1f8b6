package cordwood.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One budget of bytes and batches, first come first served. */
@Timeout(30)
final class AdmissionTest {

    private static Admission admission(long bytesMax, int batchesMax) {
        return new Admission(new GroupCommitter.Limits(1, 1, bytesMax, batchesMax, Duration.ZERO));
    }

    @Test
    void batchesAreBoundedThoughTheyAreTiny() {
        Admission admission = admission(1 << 20, 8);
        for (int i = 0; i < 8; i++) {
            admission.acquire(admission.charge(1), 0);
        }
        assertThatThrownBy(() -> admission.acquire(admission.charge(1), 0))
                .isInstanceOf(StoreException.Busy.class);
        assertThat(admission.refusals()).isEqualTo(1);
    }

    @Test
    void bytesAreBoundedThoughTheBatchesAreFew() {
        Admission admission = admission(1 << 20, 1 << 14);
        long half = admission.charge(1 << 19);
        admission.acquire(half, 0);
        admission.acquire(half, 0);
        assertThat(admission.inFlightBytes()).isEqualTo(1 << 20);
        assertThatThrownBy(() -> admission.acquire(admission.charge(1), 0))
                .isInstanceOf(StoreException.Busy.class);
        admission.release(half);
        admission.acquire(admission.charge(1), 0);
        assertThat(admission.inFlightBytes()).isEqualTo((1 << 19) + 64);
    }

    @Test
    void aBatchOfTheWholeBudgetOrMoreIsLetInAlone() {
        Admission admission = admission(1 << 20, 8);
        for (long bytes : new long[] {1 << 20, (1 << 20) + 1, Long.MAX_VALUE}) {
            long charged = admission.charge(bytes);
            assertThat(charged).isEqualTo(1 << 20);
            admission.acquire(charged, 0);
            assertThatThrownBy(() -> admission.acquire(admission.charge(1), 0))
                    .isInstanceOf(StoreException.Busy.class);
            admission.release(charged);
        }
        assertThat(admission.inFlightBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 63, 1L << 40, Long.MAX_VALUE})
    void budgetsOfAnySizeAreBounds(long bytesMax) {
        Admission admission = admission(bytesMax, 8);
        long charged = admission.charge(Long.MAX_VALUE);
        admission.acquire(charged, 0);
        assertThat(admission.inFlightBytes()).isPositive().isEqualTo(charged);
        assertThatThrownBy(() -> admission.acquire(admission.charge(1), 0))
                .isInstanceOf(StoreException.Busy.class);
        admission.release(charged);
        assertThat(admission.inFlightBytes()).isZero();
    }

    @Test
    void aSmallBatchDoesNotOvertakeALargeOneThatWaits() throws InterruptedException {
        Admission admission = admission(1 << 20, 1 << 14);
        long whole = admission.charge(1 << 20);
        admission.acquire(whole, 0);
        List<String> admitted = Collections.synchronizedList(new ArrayList<>());
        Thread large = startWaiting(admission, 1 << 19, "large", admitted);
        Thread small = startWaiting(admission, 64, "small", admitted);
        admission.release(1 << 18);
        assertThatThrownBy(() -> admission.acquire(admission.charge(64), 0))
                .as("nor does one that would not wait")
                .isInstanceOf(StoreException.Busy.class);
        assertThat(admitted).isEmpty();
        admission.release(1 << 18);
        large.join();
        admission.release(1 << 19);
        small.join();
        assertThat(admitted).containsExactly("large", "small");
        assertThat(admission.waitNanos()).isPositive();
    }

    private static Thread startWaiting(
            Admission admission, long bytes, String name, List<String> admitted) {
        Thread thread =
                Thread.ofPlatform()
                        .start(() -> {
                            admission.acquire(admission.charge(bytes), TimeUnit.MINUTES.toNanos(2));
                            admitted.add(name);
                        });
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            LockSupport.parkNanos(100_000);
        }
        return thread;
    }
}
