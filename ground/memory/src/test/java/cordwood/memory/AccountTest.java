package cordwood.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class AccountTest {

    private static final int MIB = 1 << 20;

    private final Memory memory = TestMemory.unattended(8 * MIB);
    private final Account account = memory.budget().account("test");

    @Test
    void accountOfTheMemoryItselfCanBeSeenButNotUsed() {
        memory.chunks().region(account, 1).close();
        Account idle = memory.budget().account("idle");
        assertThat(memory.budget().accounts()).contains(idle);
        assertThat(idle.usedBytes()).isEqualTo(MIB);
        assertRefused(idle);
        assertThatThrownBy(() -> idle.tryReserve(1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> idle.tryReserveQuietly(1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> idle.reserve(1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> idle.reserve(1, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> idle.release(MIB)).isInstanceOf(IllegalArgumentException.class);
        assertThat(memory.budget().usedBytes()).isEqualTo(memory.chunks().nativeBytes());
        memory.close();
    }

    @Test
    void releaseOfWhatARegionChargesIsRefusedAndChangesNothing() {
        Region region = memory.chunks().region(account, 100_000);
        account.reserve(50_000);
        account.release(50_000);
        assertThatThrownBy(() -> account.release(50_000)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> account.release(1)).isInstanceOf(IllegalStateException.class);
        account.release(0);
        assertThat(account.usedBytes()).isEqualTo(region.chargedBytes());
        assertThat(memory.budget().usedBytes()).isEqualTo(memory.chunks().nativeBytes());
        account.reserve(50_000);
        region.shrink(10);
        assertThatThrownBy(() -> account.release(50_001)).isInstanceOf(IllegalStateException.class);
        region.close();
        account.release(50_000);
        assertThat(account.usedBytes()).isZero();
        memory.close();
        assertThat(memory.budget().usedBytes()).isZero();
    }

    @Test
    void accountOfAnotherBudgetIsChargedNothing() {
        Budget other = new Budget(8 * MIB);
        assertRefused(other.account("test"));
        assertThat(other.usedBytes()).isZero();
        assertThat(memory.budget().usedBytes()).isZero();
        memory.close();
    }

    @Test
    @SuppressWarnings("NullAway")
    void noAccountIsRefusedBeforeAnythingIsTaken() {
        assertThatThrownBy(() -> memory.chunks().region(null, 1))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> memory.chunks().tryRegion(null, 1))
                .isInstanceOf(NullPointerException.class);
        assertThat(memory.budget().usedBytes()).isZero();
        memory.close();
    }

    @Test
    void closeOfTheMemoryEndsWaiting() throws InterruptedException {
        account.reserve(8 * MIB);
        AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
        Thread waiter =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                account.reserve(1, Duration.ofDays(1));
                            } catch (IllegalStateException | InterruptedException end) {
                                thrown.set(end);
                            }
                        });
        while (waiter.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        memory.close();
        assertThat(waiter.join(Duration.ofMinutes(1))).isTrue();
        assertThat(thrown.get())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("memory is closed");
    }

    private void assertRefused(Account wrong) {
        Chunks chunks = memory.chunks();
        assertThatThrownBy(() -> chunks.region(wrong, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> chunks.region(wrong, 1, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> chunks.tryRegion(wrong, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BumpArena(chunks, wrong, MIB))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
