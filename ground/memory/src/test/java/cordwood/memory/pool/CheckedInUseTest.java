package cordwood.memory.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.memory.Account;
import cordwood.memory.Memory;
import cordwood.memory.TestMemory;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Checked cells that a system call uses while their life is to end. */
final class CheckedInUseTest {

    private final Memory memory = TestMemory.unattended(16 << 20);
    private final Account account = memory.budget().account(FakeLibrary.NAME);
    private final FakeLibrary library = new FakeLibrary(account, 0);
    private final CellPool pool =
            NativePool.open(memory, PoolOptions.defaults().withChecked(true), library);

    @AfterEach
    void close() {
        pool.close();
        assertThat(account.usedBytes()).isZero();
        assertThat(library.liveBytes()).isZero();
        memory.close();
    }

    @Test
    void freeIsRefusedAndChangesNothing() {
        long handle = pool.allocate(100);
        pool.view(handle).set(ValueLayout.JAVA_BYTE, 50, (byte) 7);
        try (SystemCall _ = new SystemCall(pool.view(handle))) {
            assertThatThrownBy(() -> pool.free(handle))
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("in use by a system call")
                    .hasNoCause();
            assertThat(pool.view(handle).get(ValueLayout.JAVA_BYTE, 50)).isEqualTo((byte) 7);
            assertThat(pool.leaks()).hasSize(1);
        }
        pool.free(handle);
        assertNothingInUse();
        assertThatThrownBy(() -> pool.free(handle)).isInstanceOf(BadHandle.class);
    }

    @Test
    void resizeIsRefusedAndChangesNothing() {
        long handle = pool.allocate(100);
        pool.view(handle).set(ValueLayout.JAVA_BYTE, 50, (byte) 7);
        try (SystemCall _ = new SystemCall(pool.view(handle))) {
            assertThatThrownBy(() -> pool.resize(handle, 1_000))
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("in use by a system call");
            assertThat(pool.leaks()).singleElement().extracting(Leak::handle).isEqualTo(handle);
            assertThat(pool.view(handle).get(ValueLayout.JAVA_BYTE, 50)).isEqualTo((byte) 7);
        }
        pool.free(handle);
        assertNothingInUse();
    }

    @Test
    void retiredCellWaitsForItsCallAndKeepsNoOtherFromBeingFreed() {
        long used = pool.allocate(1_000);
        try (SystemCall _ = new SystemCall(pool.view(used))) {
            pool.retire(used);
            for (int i = 0; i < 49; i++) {
                pool.retire(pool.allocate(1_000));
            }
            trim();
            assertThat(pool.stats().inUse()).isEqualTo(1);
            assertThat(pool.view(used).byteSize()).isEqualTo(1_000);
        }
        trim();
        assertThat(pool.stats().retired().waiting()).isZero();
        assertNothingInUse();
    }

    @Test
    void closeGivesBackAllElseAndASecondOneTheRest() {
        long used = pool.allocate(1_000);
        long other = pool.allocate(2_000);
        try (SystemCall _ = new SystemCall(pool.view(used))) {
            assertThatThrownBy(pool::close)
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("1 cells are in use by system calls");
            assertThat(library.liveBytes()).isZero();
            assertThat(account.usedBytes()).isEqualTo(1_007);
            assertThatThrownBy(() -> pool.view(other)).hasMessageContaining("closed");
        }
        pool.close();
        assertThat(account.usedBytes()).isZero();
        assertThat(pool.leaks())
                .extracting(Leak::handle)
                .containsExactlyInAnyOrderElementsOf(List.of(used, other));
    }

    private void trim() {
        pool.trim();
        pool.trim();
        pool.trim();
    }

    private void assertNothingInUse() {
        trim();
        assertThat(pool.leaks()).isEmpty();
        assertThat(pool.stats().inUse()).isZero();
        assertThat(account.usedBytes()).isZero();
    }
}
